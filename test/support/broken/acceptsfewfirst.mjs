import { sharedFault } from './sharedfault.mjs';

/** Loses fewer jobs of a killed producer than a worker may have in its hands. */
export default sharedFault({ fault: 'acceptsfewfirst', delivery: 'at-most-once' });

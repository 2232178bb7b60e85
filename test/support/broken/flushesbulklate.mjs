import { sharedFault } from './sharedfault.mjs';

export default sharedFault({ fault: 'flushesbulklate' });

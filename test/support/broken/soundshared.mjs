import { sharedFault } from './sharedfault.mjs';

/** Keeps its promises. */
export default sharedFault();

import { faulty } from './faulty.mjs';

export default faulty({ fault: 'fills' });

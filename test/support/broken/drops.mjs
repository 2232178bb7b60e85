import { faulty } from './faulty.mjs';

export default faulty({ fault: 'drops', every: 100 });

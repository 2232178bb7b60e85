import { faulty } from './faulty.mjs';

export default faulty({ fault: 'neversettles' });

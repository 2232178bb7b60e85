import { faulty } from './faulty.mjs';

const sound = faulty({});

/** Says that each job has a machine of its own, and nobody finds one. */
export default { ...sound, traits: { ...sound.traits, executes: 'process' } };

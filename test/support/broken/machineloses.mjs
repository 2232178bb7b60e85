import { compiled } from './compiled.mjs';

const vm = await compiled('adapters/spawn-vm.js');

/** Machines that die take their jobs along, although at-least-once is claimed. */
export default {
  ...vm,
  traitsFor: (o) => ({ ...vm.traitsFor(o), delivery: 'at-least-once', retries: false }),
  connect: (address, o) => vm.connect(address, { ...o, attempts: 1, timeScale: 0.02, boot: '500ms', body: 'process' }),
};

import { homedir, tmpdir } from 'node:os';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';
import type { Miscount } from './miscounts.js';
import { commandLines, entriesOf, namingOf, socketsOf } from './residue.js';

const JOBS = 5;
/** Where an adapter might make a file that is not in the folder it was given. */
const PLACES = [tmpdir(), process.cwd(), homedir()];

/** Looks at processes, sockets and files by their names, where the system shows them, and at a server where the adapter can. */
export const traces: Case = {
  name: 'connecting changes nothing, closing twice is harmless, and nothing is left behind',
  applies: () => true,
  async run(context) {
    const known = entriesOf(PLACES);
    const used = await withQueue(context, async (direct) => {
      const { producer, address, scratchDir: dir, scratchName: name } = direct;
      for (let index = 0; index < JOBS; index++) await producer.enqueue(jobOf(index, { kind: 'noop' }));
      const before = await producer.depth?.();
      const other = await direct.connect();
      await other.close();
      await other.close();
      const after = await producer.depth?.();
      const running = direct.start(2);
      await direct.until(() => direct.settled >= JOBS, `${JOBS} jobs to settle after another session was closed`);
      await running.stop();
      await direct.close();
      const harms = context.adapter.harms?.(address);
      return { before, after, dir, name, harms, strays: (await harms?.strays?.()) ?? [] };
    });
    const { before, after, dir, name, harms, strays } = used;
    const naming = namingOf(dir, name);
    const left = commandLines().filter(naming.isIn).length;
    const sockets = socketsOf().filter(naming.isIn).length;
    const files = entriesOf(PLACES).filter((path) => !known.includes(path) && naming.isOn(path));
    const keys = (await harms?.leftovers?.()) ?? [];
    const violations = [
      before !== undefined && before !== after
        ? `${JOBS} jobs wait, but it held ${before}, and ${after} after a connect`
        : '',
      left > 0 ? `left ${left} processes behind` : '',
      sockets > 0 ? `left ${sockets} sockets behind` : '',
      files.length > 0 ? `left ${files.length} files outside its folder, as ${files[0]}` : '',
      strays.length > 0 ? `made ${strays.length} keys without its prefix, as ${strays[0]}` : '',
      keys.length > 0 ? `left ${keys.length} keys on the server, as ${keys[0]}` : '',
    ].filter((text) => text !== '');
    const untold = 'whether connecting changes anything: the adapter does not tell what it holds';
    const miscounts: Miscount[] =
      before !== undefined && before !== JOBS
        ? [{ kind: before < JOBS ? 'lost' : 'repeated', said: `${JOBS} jobs wait, but it held ${before}` }]
        : [];
    return { violations, miscounts, ...(before === undefined && { notTested: untold }) };
  },
};

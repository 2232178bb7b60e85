import { startChild } from './children.js';
import { interleave, skipped, versus } from './numbers.js';
import { withQueue } from './overhead.js';
import { ADAPTERS, contestant, distUrl } from './setup.js';

const CONCURRENCY = 5;
const PAYLOAD = 256;
const SCRIPTS = { harness: './roles.js', bare: './loop.js' };

/**
 * The same as the part `overhead` in processor time, all in one process: what else runs on the machine is hardly in it. Machines
 * and threads that execute jobs are left out of a drain where they are processes of their own, and are in it where they are threads.
 */
export async function processor({ rounds, workshop, say }) {
  const rows = [];
  for (const name of Object.keys(ADAPTERS)) {
    const chosen = await contestant(name);
    if (chosen.missing) {
      rows.push(skipped(`${name}: processor time`, chosen.missing.reason));
      continue;
    }
    const arms = {
      harness: () => inOne('harness', chosen, workshop, distUrl(`adapters/${name}.js`)),
      bare: () => inOne('bare', chosen, workshop, workshop.plain(`adapters/${name}.js`)),
    };
    const seen = await interleave(rounds, arms, (what) => say(`${name}: ${what}`));
    for (const verb of ['enqueue', 'drain']) {
      const [ours, theirs] = [seen.harness[verb], seen.bare[verb]];
      const unit = 'ns of processor time a job';
      rows.push(versus(`${name}: ${verb}`, ['harness', ours], ['bare loop', theirs], { unit }));
    }
  }
  return rows;
}

/** @returns `{ enqueue, drain }`, ns of processor time a job */
function inOne(arm, { name, adapter, ref }, workshop, module) {
  const { enqueue, warm } = ADAPTERS[name];
  return withQueue({ adapter, ref }, workshop, async (plan) => {
    const host = arm === 'harness' ? { ...plan.host, module: distUrl('work/handler.js') } : plan.host;
    const full = { ...plan, host, module, options: ref.options, concurrency: CONCURRENCY, payloadBytes: PAYLOAD };
    const child = startChild(new URL(SCRIPTS[arm], import.meta.url), full, `${name}, ${arm}`);
    try {
      await child.ask('start');
      await child.ask('enqueue', warm);
      await child.ask('settled', warm);
      await child.ask('stop');
      const from = await child.ask('cpu');
      await child.ask('enqueue', enqueue);
      const between = await child.ask('cpu');
      await child.ask('drain', enqueue);
      const nsAJob = (ms) => (ms * 1e6) / enqueue;
      return { enqueue: nsAJob(between - from), drain: nsAJob((await child.ask('cpu')) - between) };
    } finally {
      await child.end();
    }
  });
}

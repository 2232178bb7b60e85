// The proofs that take too long for every test run: `npm run prove`. Exits 1 where something is not as promised.
//   --only gate,identical,planted   some parts
//   --rounds 3                      how often each comparison on this machine is repeated
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { proveFleet } from './prove/fleet.js';
import { proveGate } from './prove/gate.js';
import { proveIdentical, provePlanted } from './prove/hardware.js';
import { proveMutations } from './prove/mutations.js';
import { proveHistories, provePromises } from './prove/promises.js';
import { proveSafety } from './prove/safety.js';

const PARTS = {
  gate: { title: 'The gate in simulated worlds', prove: proveGate },
  identical: { title: 'Identical code on this machine, 12 or 24 blocks', prove: proveIdentical },
  planted: { title: 'Planted regressions on this machine, 12 or 24 blocks', prove: provePlanted },
  histories: { title: 'Random histories: the suite finds nothing where there is nothing', prove: proveHistories },
  promises: { title: 'Promises: what every adapter keeps, at the full level', prove: provePromises },
  fleet: { title: 'Simulated machines: properties, queueing theory, and real time', prove: proveFleet },
  mutations: { title: 'Result files that somebody else wrote: a comparison or one sentence', prove: proveMutations },
  safety: { title: 'Nothing is left behind, and nobody else’s data is touched', prove: proveSafety },
};

const { parts, rounds } = chosen();
const began = performance.now();
let failed = 0;
for (const name of parts) {
  const { title, prove } = PARTS[name];
  say(title);
  const { text, reached } = await prove({ rounds, say });
  if (!reached) failed++;
  const command = ['npm run prove --', '--only', name, ...(name === 'gate' ? [] : ['--rounds', rounds])].join(' ');
  const load = loadavg()[0]?.toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `### ${title}\n\n\`${command}\` on ${date}, load average ${load}: ${reached ? 'reached' : 'NOT REACHED'}\n\n${text}\n`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;

function chosen() {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, rounds: { type: 'string', default: '3' } } });
    const names = values.only?.split(',') ?? Object.keys(PARTS);
    const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
    if (unknown !== undefined) throw new Error(`there is no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);
    if (!/^[1-9]\d*$/.test(values.rounds)) throw new Error(`--rounds ${values.rounds}: write a number from 1`);
    return { parts: names, rounds: Number(values.rounds) };
  } catch (error) {
    console.error(`prove: ${error.message}`);
    process.exit(2);
  }
}

function say(text) {
  process.stderr.write(`[${((performance.now() - began) / 1000).toFixed(0)} s] ${text}\n`);
}

// jobbench's adapters beside what people would use in their place, and the page about it: `npm run peers`. Ratios go to
// stdout at the end, progress to stderr.
//   --only sqlite,durable,schema,redis,threads,backlog,options,web,generator   some parts; the page keeps what it has of the others
//   --rounds 6                              how often everything is measured; fewer than 6 have no 95 % interval
//   --out FILE                              the figures (default: results/reference/peers.json)
// JOBBENCH_DIST names another compiled program than dist/. It exits 0 whatever it finds, and 130 on Ctrl-C.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { openWorkshop } from '../scripts/bench/setup.js';
import { chosen } from './lib/chosen.js';
import { commitNow, facts, loadNow } from './lib/facts.js';
import { printed } from './lib/printed.js';
import { FILES, writePage } from './page.js';
import { backlog } from './parts/backlog.js';
import { generator } from './parts/generator.js';
import { options } from './parts/options.js';
import { redis } from './parts/redis.js';
import { schema } from './parts/schema.js';
import { durable, sqlite } from './parts/sqlite.js';
import { threads } from './parts/threads.js';
import { web } from './parts/web.js';

const PARTS = { sqlite, durable, schema, redis, threads, backlog, options, web, generator };

const { parts, rounds, out = FILES.peers } = chosen('peers', Object.keys(PARTS));
delete process.env.REDIS_URL; // peers reach the private server by its socket
const began = performance.now();
const loads = [loadNow()];
const workshop = openWorkshop();
for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(name, () => process.exit(code));
process.once('exit', workshop.close);

const commit = commitNow(); // before figures are written, which are changes as well
const texts = [];
for (const name of parts) {
  const found = await PARTS[name]({ rounds, workshop, say }).catch((error) => {
    say(`${name}: ${error.stack}`);
    return { key: name, title: name, missing: error.message.split('\n')[0] };
  });
  loads.push(loadNow());
  const measured = { ...found, when: await facts({ command: commandOf(), rounds, loads: loads.slice(-2), commit }) };
  save(name, measured);
  texts.push(printed(measured));
}
workshop.close();
console.log(texts.join('\n\n'));
if (out === FILES.peers) say(`page: ${writePage()}`);

function say(text) {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}

function commandOf() {
  const only = parts.length === Object.keys(PARTS).length ? '' : ` --only ${parts.join(',')}`;
  const given = `${only}${rounds === 6 ? '' : ` --rounds ${rounds}`}`;
  return `npm run peers${given === '' ? '' : ` --${given}`}`;
}

/** Takes the place of what the file has of the same part: a run that is stopped keeps the parts that it came to. */
function save(name, found) {
  mkdirSync(dirname(out), { recursive: true });
  const { families } = readBefore();
  writeFileSync(out, `${JSON.stringify({ families: { ...families, [name]: found } }, null, 1)}\n`);
  say(`figures of ${name}: ${out}`);
}

function readBefore() {
  try {
    return JSON.parse(readFileSync(out, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { families: {} };
    throw error;
  }
}

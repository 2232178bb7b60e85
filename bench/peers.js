// jobbench's adapters beside what people would use in their place, and the page about it: `npm run peers`. Figures go to a file
// part by part, the ratios of each part to stdout once they are in it, progress to stderr.
//   --only sqlite,durable,schema,redis,threads,backlog,options,web,generator   some parts; the page keeps what it has of the others
//   --rounds 6                              how often everything is measured; fewer than 6 have no 95 % interval
//   --out FILE                              the figures (default: results/reference/peers.json)
// JOBBENCH_DIST names another compiled program than dist/. It exits 0 whatever it finds, 1 when a part could not be measured,
// kept or printed, which is named at the end and has not stopped the others, and 130 on Ctrl-C.
import { openWorkshop } from '../scripts/bench/setup.js';
import { chosen } from './lib/chosen.js';
import { commitNow, facts, loadNow } from './lib/facts.js';
import { figureFile } from './lib/figurefile.js';
import { partByPart } from './lib/partbypart.js';
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
const workshop = openWorkshop();
for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) process.once(name, () => process.exit(code));
process.once('exit', workshop.close);
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined); // nobody reads it any more

const commit = commitNow(); // before figures are written, which are changes as well
const figures = figureFile(out);
const faults = await partByPart(parts, {
  measure,
  say,
  keep(name, found) {
    figures.keep(name, found);
    say(`figures of ${name}: ${out}`);
  },
  tell: (found) => console.log(`${printed(found)}\n`),
});
workshop.close();
if (out === FILES.peers)
  faults.push(...(await partByPart(['the page'], { measure: () => say(`page: ${writePage()}`), say })));
for (const fault of faults) say(fault);
if (faults.length > 0) process.exitCode = 1;

async function measure(name) {
  const [loadBefore, from] = [loadNow(), performance.now()];
  try {
    const found = await PARTS[name]({ rounds, workshop, say });
    const measured = { loads: [loadBefore, loadNow()], tookMs: Math.round(performance.now() - from) };
    return { ...found, when: await facts({ command: commandOf(), rounds, ...measured, commit }) };
  } catch (error) {
    // Figures of another run are worth more than the reason why there are no new ones.
    if (!figures.has(name)) figures.keep(name, { key: name, title: name, missing: error.message.split('\n')[0] });
    throw error;
  }
}

function say(text) {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}

function commandOf() {
  const only = parts.length === Object.keys(PARTS).length ? '' : ` --only ${parts.join(',')}`;
  const given = `${only}${rounds === 6 ? '' : ` --rounds ${rounds}`}`;
  return `npm run peers${given === '' ? '' : ` --${given}`}`;
}

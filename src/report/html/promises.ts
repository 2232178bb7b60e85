import { h, type Markup } from './markup.js';
import type { Contender, ReportModel } from './model.js';
import type { Section } from './section.js';

type Traits = Readonly<Record<string, unknown>>;

/** What a user may rely on, in words; traits that no backend of the report has are left out. */
const ROWS: readonly (readonly [trait: string, words: string])[] = [
  ['delivery', 'after a crash'],
  ['durability', 'an accepted job survives'],
  ['topology', 'who may connect'],
  ['executes', 'where jobs run'],
  ['schedules', 'jobs for later'],
  ['priorities', 'priorities'],
  ['retries', 'retries'],
  ['backoff', 'waits before a retry'],
  ['unique', 'unique keys'],
  ['fifo', 'first in, first out'],
  ['weights', 'queues with weights'],
  ['bulk', 'bulk calls'],
  ['recoveryMs', "a killed worker's job starts again within"],
  ['maxPayloadBytes', 'largest payload'],
];

const WORDS: Readonly<Record<string, string>> = {
  'at-least-once': 'at-least-once: may repeat a job',
  'at-most-once': 'at-most-once: may lose a job',
  memory: 'nothing, once the process that keeps it ends (Redis, or the program itself)',
  'process-crash': 'the end of a process',
  'power-loss': 'a loss of power',
  shared: 'any process',
  embedded: 'only the process it lives in',
  loop: 'on the event loop',
  thread: 'in a thread',
  process: 'in another process',
};

/** What the backends promise, and what `verify` has proved of it. */
export function promises({ contenders, files }: ReportModel): Section | undefined {
  const known = contenders.flatMap((contender) => {
    const cell = files[contender.file]?.result.cells.find(({ adapter }) => adapter.label === contender.adapter);
    return cell === undefined
      ? []
      : [{ contender, traits: cell.adapter.traits as Traits, proved: cell.adapter.proved ?? [] }]; // the schema lets unknown traits through
  });
  if (known.length === 0) return undefined;
  const rows = ROWS.filter(([trait]) => known.some(({ traits }) => value(traits, trait) !== undefined));
  const proofs = known.some(({ proved }) => proved.length > 0);
  return {
    id: 'promises',
    title: 'What they promise',
    short: 'Promises',
    html: h`<div class="scroll" tabindex="0" role="region" aria-label="Promises"><table class="promises-matrix">
<thead><tr><th scope="col">promise</th>${known.map(({ contender }) => name(contender))}</tr></thead>
<tbody>${rows.map(
      ([
        trait,
        words,
      ]) => h`<tr><th scope="row">${words}</th>${known.map(({ traits, proved }) => h`<td>${shown(value(traits, trait))}${proved.includes(trait) && h` <span class="proved" title="proved by jobbench verify">✓ proved</span>`}</td>`)}</tr>
`,
    )}</tbody></table></div>
<p class="note">${proofs ? '✓ proved: tried by jobbench verify with these options and versions on the machine of the run.' : 'None of these were tried on this machine; jobbench verify does.'} A weaker promise is cheaper to keep.</p>`,
  };
}

function name({ name: text, look }: Contender): Markup {
  return h`<th scope="col"><span class="swatch ${look.className}" aria-hidden="true"></span>${text}</th>`;
}

function value(traits: Traits, trait: string): unknown {
  return Object.hasOwn(traits, trait) ? traits[trait] : undefined;
}

function shown(trait: unknown): Markup {
  if (trait === undefined || trait === false) return h`<span class="soft">–<span class="hidden">no</span></span>`;
  if (trait === true) return h`yes`;
  if (typeof trait === 'number') return h`${trait.toLocaleString('en-US')}`;
  const word = String(trait);
  return h`${Object.hasOwn(WORDS, word) ? WORDS[word] : word}`;
}

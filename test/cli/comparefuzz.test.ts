/** Files that somebody else wrote: whatever they hold, the answer is a comparison or one sentence. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seeded } from '../../src/core/random.js';
import type { ResultFile } from '../../src/core/result.js';
import { jobbench } from './program.js';

/** As many as take seconds, always the same; `npm run prove -- --only mutations` has 20,000 of a random seed. */
const MUTATIONS = Number(process.env.JOBBENCH_MUTATIONS ?? 2_000);
const SEED = Number(process.env.JOBBENCH_MUTATIONS_SEED ?? 20_261_121);
const LANES = 8;

/** Two cells of the reference run, so that thousands take seconds. */
function seedFile(): ResultFile {
  const file: ResultFile = JSON.parse(readFileSync(new URL('../../results/reference.json', import.meta.url), 'utf8'));
  file.cells = file.cells.filter(({ id }) => id === 'throughput sqlite' || id === 'latency sqlite');
  for (const trial of file.cells.flatMap(({ trials }) => trials)) {
    trial.histograms = {};
    trial.series = {};
  }
  return file;
}

it(`${MUTATIONS.toLocaleString('en-US')} mutations of a real file: exit 0 or 2, one sentence, never a stack trace`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'jobbench-fuzz-'));
  try {
    const good = JSON.stringify(seedFile());
    expect(JSON.parse(good).cells).toHaveLength(2);
    writeFileSync(join(dir, 'good.json'), good);
    const random = mutator(SEED);
    const codes = { 0: 0, 2: 0 };
    const answer = async (n: number, lane: number) => {
      const bad = `bad-${lane}.json`;
      writeFileSync(join(dir, bad), random.mutate(good));
      const args = random.pick([
        ['compare', 'good.json', bad, '--fail-on', 'never'],
        ['compare', bad, 'good.json', '--fail-on', 'never', '--format', 'github'],
        ['compare', bad, bad, '--fail-on', 'never', '--json'],
        ['compare', bad, '--by', 'adapter', '--format', 'markdown'],
      ]);
      const { code, stdout, stderr } = await jobbench(args, dir);
      const said = `mutation ${n}: ${args.join(' ')}: ${code} ${stderr}`;
      if (code !== 0 && code !== 2) expect.fail(said);
      codes[code]++;
      if (/\n\s+at |internal error/.test(stderr)) expect.fail(said);
      if (code === 2 && (stdout !== '' || !/^jobbench: [^\n]+\n$/.test(stderr))) expect.fail(said);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(stdout + stderr)) expect.fail(`${said}: control characters`);
    };
    // A few at once, so that none waits for the disk alone.
    for (let n = 0; n < MUTATIONS; n += LANES) {
      await Promise.all(Array.from({ length: LANES }, (_, lane) => answer(n + lane, lane)));
    }
    // Both answers were tried: mutations that break everything, or nothing, test nothing.
    expect(codes[0]).toBeGreaterThan(MUTATIONS / 20);
    expect(codes[2]).toBeGreaterThan(MUTATIONS / 20);
    const own = ['good.json', ...Array.from({ length: LANES }, (_, lane) => `bad-${lane}.json`)];
    expect(readdirSync(dir).sort()).toEqual(own.sort());
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

const TOKENS = [
  ...['NaN', '-0', '1e999', '1e308', '1e-320', '-1', '0', 'null', 'true', '""', '[]', '{}', '9007199254740993'],
  ...[
    '"__proto__"',
    '"constructor"',
    '"../../x"',
    '"\\u001b[2J\\u009b"',
    '"\\ud800"',
    '"::error::x"',
    '"|<b>&"',
    '\u001b[2J',
  ],
  ...['{"__proto__":1}', '['.repeat(60), ']'.repeat(3), '"ok"', '"failed"', '"memory"', '1.5', ',', ':', '}', '"'],
];

function mutator(seed: number) {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T; // never empty here
  const kinds: ((text: string) => string)[] = [
    (text) => text.slice(0, below(text.length)),
    (text) => replaced(text, below(text.length), below(20), ''),
    (text) => replaced(text, below(text.length), 0, pick(TOKENS)),
    (text) => replaced(text, below(text.length), 1, String.fromCharCode(below(256))),
    // A value in its place is another value: these stay JSON, and reach what comes after reading.
    (text) => swapped(text, /:-?\d[\d.e+-]*/g, () => `:${pick(TOKENS)}`),
    (text) => swapped(text, /:-?\d[\d.e+-]*/g, () => `:${pick(['0', '-1', '1e308', '1e-320', '5e-324', '1e15', '7'])}`),
    (text) =>
      swapped(text, /"[^"]*"/g, () => pick(['"x"', '"__proto__"', '"toString"', '"\\u001b]0;x\\u0007"', '"a\\nb"'])),
    (text) => swapped(text, /"[^"]*":/g, () => pick(['"x":', '"constructor":', '"hasOwnProperty":', '"\\u202e":'])),
    (text) => objectMutated(text),
  ];

  function swapped(text: string, pattern: RegExp, by: () => string): string {
    const places = [...text.matchAll(pattern)];
    const place = places.length === 0 ? undefined : pick(places);
    return place === undefined ? text : replaced(text, place.index, place[0].length, by());
  }

  /** Drops, doubles or moves whole parts. */
  function objectMutated(text: string): string {
    const file = JSON.parse(text);
    const cell = pick<ResultFile['cells'][number]>(file.cells);
    const changes: (() => unknown)[] = [
      () => file.cells.push(structuredClone(cell)),
      () => file.cells.splice(below(2), 1),
      () => cell.trials.splice(0, below(3)),
      () => cell.trials.push(...structuredClone(cell.trials.slice(0, 1 + below(2)))),
      () => Object.assign(cell, { status: pick(['ok', 'skipped', 'failed', 'invalid']), trials: [] }),
      () => Object.assign(cell, { metrics: {} }),
      () => Object.assign(cell.adapter, { label: pick(['other', '', 'sqlite redis', '\u001b[31m']) }),
      () => {
        for (const trial of cell.trials)
          trial.values = Object.fromEntries(
            Object.keys(trial.values).map((key) => [key, pick([0, -1, 1e308, 5e-324, 3])]),
          );
      },
      () => {
        const [trial] = cell.trials;
        if (trial) cell.trials = Array.from({ length: 1 + below(30) }, (_, block) => ({ ...trial, block }));
      },
    ];
    for (let n = below(3); n >= 0; n--) pick(changes)();
    return JSON.stringify(file);
  }

  return {
    pick,
    mutate(text: string): string {
      let mutated = pick(kinds)(text);
      // Two changes at once sometimes: but only of what still is JSON.
      if (below(4) === 0) mutated = pick(kinds.slice(0, -1))(mutated);
      return mutated;
    },
  };
}

function replaced(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

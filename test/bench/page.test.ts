import { describe, expect, it, test } from 'vitest';
import { at, atTheirBest } from '../../bench/lib/family.js';
import { printed } from '../../bench/lib/printed.js';
import { familyText } from '../../bench/page/families.js';
import { optionsText } from '../../bench/page/options.js';
import { targetsText } from '../../bench/page/targets.js';
import { ranMs, timesText, tookMs } from '../../bench/page/times.js';
import { transferText } from '../../bench/page/transfer.js';
import { orderOf } from '../../scripts/bench/numbers.js';

const when = {
  date: '2026-01-02',
  command: 'npm run peers',
  rounds: 6,
  loads: [0.1, 0.2],
  versions: { plainjob: '0.0.14' },
};
const promise = { delivery: 'at-least-once', durability: 'process-crash', settings: 'as shipped' };
const six = (middle: number) => [0.9, 1, 1, 1, 1, 1.1].map((factor) => factor * middle);
const row = (name: string, kind: string, values: Record<string, number[]>, more = {}) => ({
  ...{ name, kind, package: name, ...promise, values },
  ...more,
});

function family(rows: readonly object[], modes: object = { drain: 'pop and ack' }) {
  return { key: 'sqlite', title: 'One file', modes, rows, tried: [], when };
}

test('rounds begin with another contender each, and nobody always follows the same one', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const orders = names.map((_, round) => orderOf(names, round));
  for (const order of orders) expect([...order].sort()).toEqual(names);
  expect(orders.map(([first]) => first)).toEqual(names);
  for (const name of names) {
    const before = orders.map((order) => order[order.indexOf(name) - 1]).filter((one) => one !== undefined);
    expect(new Set(before).size).toBe(2);
  }
});

describe('a comparison on the page', () => {
  const ours = row('sqlite', 'ours', { drain: six(100) });

  it('compares nobody by a column of circumstances', () => {
    const modes = { drain: 'pop and ack', others: { label: 'what others took', unit: '%' } };
    const [one, other] = [six(100), [0, 1, 0, 2, 0, 0]];
    const rows = [
      row('sqlite', 'ours', { drain: one, others: other }),
      row('plainjob', 'peer', { drain: one, others: other }),
    ];
    const text = familyText(family(rows, modes));
    expect(text).toContain('what others took');
    expect(text).toMatch(/\| plainjob +\| 1\.00 \(1\.00 to 1\.00\) \|\n/);
  });

  it('pairs the rounds, and tells the interval that their number allows', () => {
    const theirs = row('plainjob', 'peer', { drain: [100, 50, 25, 50, 50, 50] });
    const text = familyText(family([ours, theirs]));
    expect(text).toContain('order-statistic interval of 96.9 %, 6 rounds');
    expect(text).toMatch(/\| plainjob +\| 2\.00 \(0\.900 to 4\.00\) \|/);
    expect(text).toContain('plainjob 0.0.14');
    expect(text).toContain('No peer is ahead');
  });

  it('calls nobody ahead whose interval contains 1', () => {
    const open = row('plainjob', 'peer', { drain: [120, 90, 104, 104, 104, 104] });
    const text = familyText(family([ours, open]));
    expect(text).toContain('No peer is ahead of `sqlite` in any column.');
    expect(text).toMatch(
      /- plainjob is about the same as sqlite at “pop and ack”: 0\.962 \(0\.\d+ to 1\.\d+\) of it\./,
    );
    const ms = { drain: { label: 'p99', unit: 'ms', better: 'lower' } };
    const quick = row('plainjob', 'peer', { drain: [80, 110, 96, 96, 96, 96] });
    expect(familyText(family([ours, quick], ms))).toMatch(/No peer is ahead.*about the same as sqlite at “p99”/s);
  });
  it('says where a peer is ahead, whichever direction is better', () => {
    const ms = { drain: { label: 'p99', unit: 'ms', better: 'lower' } };
    const slower = row('plainjob', 'peer', { drain: six(200) });
    const faster = row('plainjob', 'peer', { drain: six(50) });
    expect(familyText(family([ours, slower]))).toContain('plainjob is ahead of sqlite at “pop and ack”: 0.500');
    expect(familyText(family([ours, faster], ms))).toContain('plainjob is ahead of sqlite at “p99”: 2.00');
    expect(familyText(family([ours, slower], ms))).toContain('No peer is ahead');
  });

  it('keeps whoever could not be measured, with the reason', () => {
    const missing = { ...row('plainjob', 'peer', {}), missing: 'plainjob is not installed', values: undefined };
    const refused = row('better-queue', 'peer', {}, { refused: { drain: '3 of 64 jobs were never finished' } });
    const text = familyText(family([ours, missing, refused]));
    expect(text).toContain('plainjob is not measured: plainjob is not installed.');
    expect(text).toContain('better-queue, pop and ack: no number, because 3 of 64 jobs were never finished.');
    expect(text).toMatch(/^\| better-queue +\| - \|$/m);
  });

  it('names the build, and what was tried for each column, also what came to no number', () => {
    const tried = [
      {
        name: 'plainjob',
        column: 'drain',
        chosen: 'four',
        tried: [{ settings: 'one' }, { settings: 'four', rate: 1200 }],
      },
    ];
    const text = familyText({ ...family([ours]), tried, when: { ...when, commit: 'abc1234+changes' } });
    expect(text).toContain('- plainjob, drain: one no number, four 1.20k; taken: four.');
    expect(text).toContain('load average 0.1 to 0.2, commit abc1234+changes.');
  });

  it('prints the ratios and the reasons to a terminal', () => {
    const limit = row('the disk', 'limit', { drain: six(50) });
    const refused = row('better-queue', 'peer', {}, { refused: { drain: 'jobs were never finished' } });
    const text = printed(family([ours, limit, refused]));
    expect(text).toMatch(/│ the disk +│ 2\.00 \(/);
    expect(text).toContain('better-queue, drain: no number, because jobs were never finished');
    expect(printed({ ...family([ours]), missing: 'no server' })).toBe('One file: not measured: no server');
  });
});

describe('settings of a contender', () => {
  it('are the best of each column, and said where columns differ', async () => {
    const rates: Record<string, Record<number, number>> = { enqueue: { 1: 10, 4: 5 }, drain: { 1: 5, 4: 10 } };
    const rate = (column: string) => async (one: { run: { workers: number } }) => rates[column]?.[one.run.workers] ?? 0;
    const variants = { one: { workers: 1 }, four: { workers: 4 } };
    const { contenders, tried } = await atTheirBest(
      [
        [
          { name: 'plainjob', run: { workers: 2 } },
          { enqueue: variants, drain: variants },
        ],
      ],
      { enqueue: rate('enqueue'), drain: rate('drain') },
      { say: () => undefined },
    );
    const [found] = contenders;
    expect(found?.settings).toBe('enqueue: one; drain: four');
    expect(['enqueue', 'drain', 'apart'].map((column) => at(found, column).run.workers)).toEqual([1, 4, 2]);
    expect(tried.map(({ column }) => column)).toEqual(['enqueue', 'drain']);
  });
});

it('a setting is judged by the best of three times: what others take of the machine says nothing of it', async () => {
  const times: Record<string, number[]> = { slowed: [100, 1, 1], steady: [50, 50, 50] };
  const column = { slowed: { workers: 1 }, steady: { workers: 2 } };
  const rate = async (one: { run: { workers: number } }) =>
    (one.run.workers === 1 ? times.slowed : times.steady)?.shift() ?? 0;
  const { contenders } = await atTheirBest(
    [[{ name: 'plainjob', run: { workers: 0 } }, { drain: column }]],
    { drain: rate },
    { say: () => undefined },
  );
  expect(contenders[0]?.settings).toBe('slowed');
});

describe('options on the page', () => {
  const modes = { share: { label: 'share of the one that got less', unit: '%', better: 'higher' }, rate: 'both' };
  const shipped = row('sqlite', 'ours', { share: six(48), rate: six(1000) });
  const found = (other: object) => ({ families: { two: family([shipped, other], modes) }, when });

  it('has a line for each option and number, as shipped beside changed', () => {
    const text = optionsText(found(row('sqlite?busy=sqlite', 'ours', { share: six(4), rate: six(2000) })));
    expect(text).toContain(
      '`sqlite?busy=sqlite` | share of the one that got less | 48.0 % | 4.00 % | 12.0 (12.0 to 12.0)',
    );
    expect(text).toContain('`sqlite?busy=sqlite` | both: jobs/s | 1.00k | 2.00k | 0.500 (0.500 to 0.500)');
    expect(text).toContain('2026-01-02, 6 rounds');
  });

  it('leaves out numbers that say nothing of an option', () => {
    const other = row('sqlite?gap=0', 'ours', { share: six(48), rate: six(2000) }, { shows: ['rate'] });
    const text = optionsText(found(other));
    expect(text).toContain('both: jobs/s');
    expect(text).not.toContain('share of');
  });

  it('has no ratio of what was none, on the page and in the terminal', () => {
    const none = {
      ...found(row('sqlite?gap=0', 'ours', { share: six(0), rate: six(2000) })),
      title: 'options',
    };
    expect(optionsText(none)).toContain('| 48.0 % | 0 % | - |');
    expect(printed(none)).toContain('0.500 (0.500 to');
  });

  it('keeps an option that could not be measured, with the reason', () => {
    const text = optionsText(found({ ...row('redis?a=1', 'ours', {}), missing: 'redis-server is not on PATH' }));
    expect(text).toContain('redis?a=1 is not measured: redis-server is not on PATH.');
  });
});

describe('payloads to a thread', () => {
  const us = (label: string) => ({ label, unit: 'µs', better: 'lower' });
  const modes = { small: us('1 kB'), large: us('16 MB'), open: us('1 MB') };
  const sent = (name: string, small: number, large: number, open: number[], more = {}) =>
    row(name, 'bare', { small: six(small), large: six(large), open }, more);
  const rows = [
    sent('copied', 50, 800, six(10)),
    sent('moved as UTF-8', 100, 900, [9, 9, 11, 11, 9, 11]),
    sent('moved as UTF-16', 200, 400, six(30)),
    sent('bytes, moved', 40, 40, six(1), { kind: 'limit' }),
  ];

  it('compares copies to the quicker way of moving them, and says where either is', () => {
    const text = transferText(family(rows, modes));
    expect(text).toContain(
      '| payload | copied | moved as UTF-8 | moved as UTF-16 | bytes, moved | copied / the better of',
    );
    expect(text).toContain('| 1 kB | 50.0 µs | 100 µs | 200 µs | 40.0 µs | 0.500 (0.500 to 0.500) |');
    expect(text).toContain('| 16 MB | 800 µs | 900 µs | 400 µs | 40.0 µs | 2.00 (2.00 to 2.00) |');
    expect(text).toContain(
      'Moving is quicker at: 16 MB. Copying is quicker at: 1 kB. Elsewhere the interval contains 1.',
    );
  });

  it('says so where nothing was measured, or is ahead', () => {
    expect(transferText(undefined)).toBe('_Not measured yet._');
    const [copied, moved] = [sent('copied', 1, 1, six(1)), sent('moved', 2, 2, six(2))];
    expect(transferText(family([copied, moved], modes))).toContain('Moving is quicker at: none of these.');
  });
});

describe('how long it took', () => {
  it('is said of the parts whose figures tell', () => {
    const run = { startedAt: '2026-01-02T03:04:05.000Z', finishedAt: '2026-01-02T03:05:35.000Z' };
    const times = {
      peers: { sqlite: tookMs({ one: { when: { tookMs: 60_000 } } }), web: tookMs({ one: { when: {} } }) },
      scaling: { payload: ranMs({ one: { run }, other: { run } }), idle: ranMs({}) },
      nothing: { web: undefined },
    };
    const text = 'Minutes that the figures above took: `peers` 1.0 (sqlite 1.0); `scaling` 3.0 (payload 3.0).';
    expect(timesText(times)).toBe(text);
    expect(timesText({ peers: { web: undefined } })).toBe('');
  });
});

describe('what was to be reached', () => {
  const verdicts = (families: object, self?: object) =>
    Object.fromEntries(
      targetsText(families, self)
        .split('\n')
        .slice(2)
        .map((line) => line.split(' | '))
        .map(([what = '', , measured, reached]) => [what.slice(2), `${measured}: ${reached}`]),
    );
  const web = (busy: number) => ({ web: family([row('sqlite', 'ours', { alone99: six(10), busy99: six(busy) })]) });

  it('has a row for each target even before anything was measured', () => {
    const all = Object.values(verdicts({}));
    expect(all).toHaveLength(10);
    expect(new Set(all)).toEqual(new Set(['-: not measured']));
  });

  it('judges by the median, from above or from below', () => {
    const key = 'web p99 with `sqlite` workers saturated in another process / web alone';
    expect(verdicts(web(19))[key]).toBe('1.90 (1.90 to 1.90): yes');
    expect(verdicts(web(21))[key]).toBe('2.10 (2.10 to 2.10): **no**');
    const drains = (theirs: number) => ({
      sqlite: family([row('sqlite', 'ours', { drain: six(80) }), row('plainjob', 'peer', { drain: six(theirs) })]),
    });
    const worker = '`sqlite` at-least-once, pop and ack with claimBatch 100 / plainjob worker';
    expect(verdicts(drains(10))[worker]).toBe('8.00 (8.00 to 8.00): yes');
    expect(verdicts(drains(11))[worker]).toBe('7.27 (7.27 to 7.27): **no**');
  });

  it('takes the share of two workers from the options, in percent', () => {
    const key = 'two `sqlite` workers of different processes on one file: share of the one that got less';
    const two = (share: number) => ({
      options: { families: { two: family([row('sqlite', 'ours', { share: six(share) })]) } },
    });
    expect(verdicts(two(44))[key]).toBe('44.0 (39.6 to 48.4) %: yes; 5 of 6 rounds do');
    expect(verdicts(two(36))[key]).toBe('36.0 (32.4 to 39.6) %: **no**');
  });

  it('takes a row of the overhead of each adapter from bench:self', () => {
    const rows = [
      { what: 'redis: drain', target: '>= 0.95', ours: 'harness: 4,000 jobs/s, +6,721 ns a job', ratios: six(1.06) },
      { what: 'sqlite: drain', target: '>= 0.95', ours: 'harness: 4,000 jobs/s, -12 ns a job', ratios: six(0.96) },
    ];
    const found = verdicts({}, { rows });
    const through = (what: string) => found[`jobbench / the same calls in a bare loop, ${what}`];
    expect(through('redis: drain')).toMatch(/; \+6,721 ns a job: yes$/);
    expect(through('sqlite: drain')).toMatch(/; -12 ns a job: yes; 5 of 6 rounds do$/);
  });

  it('has what bench:self found of the harness by itself', () => {
    const rows = [{ what: 'merge', target: '<= 2 s', ours: '0.909 s', verdict: 'reached' }];
    expect(verdicts({}, { rows }).merge).toBe('0.909 s: yes');
    expect(verdicts({}, { rows: [{ ...rows[0], verdict: '**not reached**' }] }).merge).toBe('0.909 s: **no**');
  });
});

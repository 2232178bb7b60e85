/** Golden files: `npx vitest run test/report -u` writes them anew; read the difference before committing it. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ResultFile } from '../../src/core/result.js';
import { footer } from '../../src/report/footer.js';
import { renderTable } from '../../src/report/table.js';
import { columnsOf } from '../../src/report/text.js';
import { medianInterval } from '../../src/stats/interval.js';
import { resultFixture } from '../fixtures/result.js';

type Cell = ResultFile['cells'][number];

const golden = (name: string) => new URL(`../fixtures/golden/${name}`, import.meta.url).pathname;
const widest = (text: string) => Math.max(...text.split('\n').map(columnsOf));

/** The fixture with a change made to one of its cells: by its id, or the first. */
function withCell(change: (cell: Cell) => void, id = 'throughput sqlite'): ResultFile {
  const result = resultFixture();
  const cell = result.cells.find((each) => each.id === id);
  if (cell === undefined) throw new Error(`the fixture has no cell ${id}`);
  change(cell);
  return result;
}

/** The lines of one scenario. */
function section(text: string, name: string): string {
  return text.split(/\n\n(?=\S)/).find((block) => block.startsWith(`${name}:`)) ?? '';
}

describe('the table', () => {
  it('is as it was', async () => {
    await expect(renderTable(resultFixture())).toMatchFileSnapshot(golden('table.txt'));
  });
  it('says the same with fewer columns on a narrow terminal', async () => {
    await expect(renderTable(resultFixture(), { width: 72 })).toMatchFileSnapshot(golden('table-72.txt'));
  });
  it.each([100, 80, 72, 60])('keeps within %i columns', (width) => {
    expect(widest(renderTable(resultFixture(), { width }))).toBeLessThanOrEqual(width);
  });
  it('never uses more than 100 columns', () =>
    expect(renderTable(resultFixture(), { width: 300 })).toBe(renderTable(resultFixture())));
  it('says nothing by colour alone, and has none unless asked', () => {
    const plain = renderTable(resultFixture());
    const colored = renderTable(resultFixture(), { color: true });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[');
    const bare = (text: string) => stripVTControlCharacters(text).replace(/ +$/gm, '');
    expect(bare(colored)).toBe(plain);
  });
});

describe('a note of an adapter', () => {
  const note = { code: 'adapter-note', message: 'simulated machines run on these cores' };
  const noted = (of: (cell: Cell) => boolean) => {
    const result = resultFixture();
    for (const cell of result.cells.filter(of)) cell.warnings.push({ ...note });
    return result;
  };

  it('is said once, whichever scenarios it belongs to', () => {
    const text = renderTable(noted(({ adapter }) => adapter.label === 'sqlite'));
    expect(text.split(note.message)).toHaveLength(2);
    expect(text).toMatch(/^! simulated machines run on these cores \(sqlite\)$/m);
  });
  it('stands below the table of the only one', () => {
    const text = renderTable(noted(({ id }) => id === 'throughput sqlite'));
    expect(section(text, 'throughput')).toContain(`! ${note.message} (sqlite)`);
    expect(text.split(note.message)).toHaveLength(2);
  });
});

describe('what a row says', () => {
  it('shows no number of a cell that is not ok', () => {
    const result = withCell((cell) => Object.assign(cell, { status: 'invalid', reason: 'lost 3 of 10,000' }));
    const text = section(renderTable(result), 'throughput');
    expect(text).toMatch(/^ {2}sqlite +INVALID +at-least-once$/m);
    expect(text).not.toContain('143k');
    expect(text).toContain('INVALID sqlite: lost 3 of 10,000');
  });
  it('ranks inside a promise, not across', () => {
    const text = section(renderTable(resultFixture()), 'throughput');
    const order = ['power-loss', 'process-crash', 'memory', 'at-most-once'].map((word) => text.indexOf(word));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(text.match(/\n\n {2}(sqlite|redis|threads)/g)).toHaveLength(3);
  });
  it('gives an adapter that was skipped everywhere one row', () => {
    expect(section(renderTable(resultFixture()), 'contention').match(/skipped/g)).toHaveLength(2);
  });
  it.each([
    [1, 'one trial: neither range nor interval (needs 6 trials)'],
    [5, 'range of 5 trials; no interval (needs 6 trials)'],
    [6, '96.9 % interval of 6 trials'],
    [10, '97.9 % interval of 10 trials'],
  ])('with %i trials says what the brackets are', (n, note) => {
    const values = Array.from({ length: n }, (_, i) => 1000 + i * 10);
    const result = resultFixture();
    result.cells = result.cells.slice(0, 1);
    const [cell] = result.cells;
    if (cell !== undefined) cell.summary = { drain_rate: medianInterval(values) };
    const text = renderTable(result);
    expect(text).toContain(note);
    expect(text.includes('[1.')).toBe(n > 1);
  });
  it('marks the promises that were proved here, and says what the mark is', () => {
    const marked = withCell((cell) => {
      cell.adapter.proved = ['delivery'];
    });
    expect(renderTable(marked)).toContain('at-least-once ✓');
    expect(renderTable(marked)).not.toContain('process-crash ✓');
    expect(renderTable(marked)).toContain('✓ proved by `jobbench verify`');
    expect(renderTable(withCell(() => undefined))).not.toContain('✓');
  });
  it('marks percentiles that few samples vouch for, and prints the others plain', () => {
    const solid = withCell((cell) => {
      cell.merged = { total_p99: { value: 7.77, samples: 100_000, tail: 1000 } };
    }, 'latency sqlite');
    expect(renderTable(solid)).toMatch(/ 7\.77 /);
    expect(renderTable(solid)).not.toContain('~7.77');
    expect(renderTable(resultFixture())).toContain('~2.40');
  });
  it('says a warning once, with the rows it is about', () => {
    const text = section(renderTable(resultFixture()), 'latency');
    expect(text.match(/fewer than 4 cores/g)).toHaveLength(1);
    expect(text).toContain('(all rows)');
  });
  it('shows the first five metrics of a scenario that it does not know', () => {
    const result = resultFixture();
    const info = (label: string) => ({ label, unit: 'count', better: 'lower' as const });
    const metrics = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, info(name)]));
    const [cell] = result.cells;
    if (cell === undefined) throw new Error('no cell');
    result.cells = [{ ...cell, scenario: { name: 'mine', params: {} }, metrics, summary: {} }];
    expect(renderTable(result)).toMatch(/^ {2}adapter +a +b +c +d +e +delivery$/m);
  });
  it('says when a run was cut short, and what concerns all of it', () => {
    const result = resultFixture();
    result.run.status = 'aborted';
    result.warnings = [{ code: 'other-run', message: 'another jobbench ran at the same time' }];
    expect(renderTable(result)).toMatch(/ABORTED: .*\n! another jobbench ran at the same time/);
  });
  it('prints a result without cells', () => {
    const result = resultFixture();
    result.cells = [];
    expect(renderTable(result)).toMatch(/^jobbench 0\.1\.0;.*\n$/);
  });
});

describe('a file from somebody else', () => {
  const nasty = '\u001b]0;owned\u0007\u001b[31mred\nline\r\u202eback\u200b'.repeat(3);
  it('cannot send anything to the terminal', () => {
    const text = JSON.stringify(resultFixture());
    // Every text in the file, the names of adapters, metrics and params among them.
    const hostile = JSON.parse(text, (key, value) =>
      typeof value === 'string' && !['status', 'unit', 'better', 'name'].includes(key) ? value + nasty : value,
    );
    hostile.cells[0].scenario.name = nasty;
    hostile.cells[1].metrics[nasty] = { label: nasty, unit: nasty, better: 'lower' };
    hostile.cells[1].summary[nasty] = { median: 1, low: 1, high: 1, n: 3 };
    const shown = renderTable(hostile) + footer(`results/${nasty}.json`, hostile);
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(widest(renderTable(hostile))).toBeLessThanOrEqual(100);
  });
  it('may name metrics like methods of objects', () => {
    const result = withCell((cell) => {
      cell.metrics = Object.fromEntries([['toString', { label: 'x', unit: 'ms', better: 'lower' as const }]]);
    });
    expect(() => renderTable(result)).not.toThrow();
  });
  it('may use wide letters', () => {
    const result = withCell((cell) => {
      cell.adapter.label = '仕事の行列'.repeat(9);
      cell.setting = '速い '.repeat(30);
    });
    expect(widest(renderTable(result))).toBeLessThanOrEqual(100);
  });
});

describe('the last lines', () => {
  it('say where the file is and what to do next', () => {
    const result = resultFixture();
    expect(footer('results/x.json', result)).toContain('Result: results/x.json\nNext:   jobbench run --scenario');
    result.cells = result.cells.filter((cell) => cell.status === 'ok' || cell.status === 'skipped');
    expect(footer('x', result)).toContain('jobbench doctor');
    result.cells = result.cells.filter((cell) => cell.status === 'ok');
    expect(footer('x', result)).toContain('jobbench run --adapter sqlite,redis,threads,spawn-vm --trials 6');
    result.cells = [];
    expect(footer('x', result)).toContain('jobbench list');
    result.run.status = 'aborted';
    expect(footer('x', result)).toMatch(/jobbench run --adapter .* {3}\(the whole of it: this one was stopped\)/);
  });
  it('repeat what was asked, but for what the run printed and where', () => {
    const result = resultFixture();
    result.cells = result.cells.filter((cell) => cell.status === 'ok');
    const nextAfter = (...options: string[]) => {
      result.run.command = ['run', ...options];
      return /Next: +(.*?) {3}\(/.exec(footer('x', result))?.[1];
    };
    expect(nextAfter('--scenario', 'latency', '--rate', '50%', '--out', 'x.json', '--json', '--trials=2')).toBe(
      'jobbench run --scenario latency --rate 50% --trials 6',
    );
    expect(nextAfter('--adapter', 'sqlite?synchronous=full', '--trials', '2')).toBe(
      "jobbench run --adapter 'sqlite?synchronous=full' --trials 6",
    );
    expect(nextAfter('--adapter', "x';reboot;'")).toBe("jobbench run --adapter 'x'\\'';reboot;'\\''' --trials 6");
    expect(nextAfter('--adapter', "./my queue/🚀 it's.js", '--html', 'x.html', '--scenario', 'a'.repeat(300))).toBe(
      `jobbench run --adapter './my queue/🚀 it'\\''s.js' --scenario ${'a'.repeat(300)} --trials 6`,
    );
  });
  it.each([
    ['2000', ['--rate', '2000'], '50%'],
    ['120%', ['--rate=120%'], '50%'],
    ['50%', ['--rate', '50%'], '25%'],
    ['auto', [], '25%'],
    ['2000', ['-P', 'latency.rate=2000'], undefined],
  ])('suggest a lower rate than %s where jobs came faster than they were done (%j)', (rate, options, lower) => {
    const result = resultFixture();
    result.cells = result.cells.filter(({ id }) => id.startsWith('latency threads'));
    for (const cell of result.cells) Object.assign(cell.scenario.params, { rate });
    for (const cell of result.cells) cell.status = 'invalid';
    result.run.command = ['run', '--adapter', 'threads', ...options];
    const said = footer('x', result);
    if (lower === undefined) expect(said).toContain('once more, keeping its files');
    else
      expect(said).toContain(`Next:   jobbench run --adapter threads --rate ${lower}   (at a rate that it can carry)`);
  });
  it('suggest a command that repeats a broken cell: with its seed, its options and those of the run', () => {
    const nextAfter = (label: string, ...options: string[]) => {
      const result = withCell((cell) => Object.assign(cell, { status: 'invalid' }));
      result.cells = result.cells.filter(({ id }) => id === 'throughput sqlite');
      for (const cell of result.cells) cell.adapter.label = label;
      Object.assign(result.run, { seed: 4711, command: ['run', ...options] });
      return /Next: +(.*?) {3}\((.*)\)/.exec(footer('x', result))?.slice(1);
    };
    const once = 'once more, keeping its files to look at';
    expect(nextAfter('sqlite', '--quick')).toEqual([
      'jobbench run --scenario throughput --adapter sqlite --quick --seed 4711 --keep',
      once,
    ]);
    expect(nextAfter('sqlite', '--adapter', 'redis,sqlite', '--seed', '4711', '-P', 'jobs=500')).toEqual([
      'jobbench run --scenario throughput --adapter sqlite -P jobs=500 --seed 4711 --keep',
      once,
    ]);
    const both = 'sqlite,sqlite?lease=1s,sqlite?lease=2s';
    const given = ['sqlite', 'sqlite?lease=1s', 'sqlite?lease=2s'].map((label) => nextAfter(label, '--adapter', both));
    expect(given.map((one) => /--adapter (\S+)/.exec(one?.[0] ?? '')?.[1])).toEqual([
      'sqlite',
      "'sqlite?lease=1s'",
      "'sqlite?lease=2s'",
    ]);
    expect(nextAfter('sqlite', '--set', "sqlite.x='y'")).toEqual([
      "jobbench run --scenario throughput --adapter sqlite --set 'sqlite.x='\\''y'\\''' --seed 4711 --keep",
      once,
    ]);
    const odd = nextAfter('sqlite', '--adapter', "redis,/tmp/it's 🚀/sqlite.js?queues=a:1,b:2", '--rate', '50');
    expect(odd?.[0]).toContain("--adapter '/tmp/it'\\''s 🚀/sqlite.js?queues=a:1,b:2' --rate 50 --seed");
    const twice = nextAfter('sqlite (./b b/sqlite.js)', '--adapter', './a/sqlite.js,./b b/sqlite.js');
    expect(twice?.[0]).toContain("--adapter './b b/sqlite.js' --seed");
  });
  it('name the options of an adapter that a configuration chose, and no adapter that only it can find', () => {
    const next = (change: Partial<Cell['adapter']>) => {
      const result = withCell((cell) => Object.assign(cell, { status: 'failed' }));
      result.cells = result.cells.slice(0, 1).map((cell) => ({ ...cell, adapter: { ...cell.adapter, ...change } }));
      result.run.command = ['run'];
      return footer('x', result);
    };
    expect(next({ label: 'sqlite?synchronous=full' })).toContain("--adapter 'sqlite?synchronous=full' --seed 42");
    expect(next({ name: 'mine', source: 'abc' })).toContain('run --scenario throughput --seed 42 --keep');
  });
  it('quote a name that a shell would read', () => {
    const result = withCell((cell) => Object.assign(cell.adapter, { name: '$(reboot)' }));
    result.cells = result.cells.slice(0, 1).map((cell) => ({ ...cell, status: 'invalid' }));
    expect(footer('x', result)).toContain("--adapter '$(reboot)' --seed");
  });
  it('ask for as long as a p99 needs, where a rate of the user leaves too few jobs for one', () => {
    const result = withCell((cell) => {
      cell.scenario.params = { duration: 5000, rate: '50' };
      cell.merged = {
        total_p50: { value: 1, samples: 250, tail: 125 },
        wait_p50: { value: 1, samples: 250, tail: 125 },
      };
      cell.summary = { achieved_rate: medianInterval([50]) };
      cell.refused = { total_p99: 'needs 1,000 jobs', total_p999: 'needs 10,000 jobs', wait_p99: 'needs 1,000 jobs' };
    }, 'latency sqlite');
    result.cells = result.cells.filter(({ id }) => id === 'latency sqlite');
    result.run.command = ['run', '--rate', '50', '--duration=5s', '-P', 'latency.duration=5s', '-P', 'producers=1'];
    expect(footer('x', result)).toContain('run --rate 50 -P producers=1 --duration 22s   (long enough for a p99)');
    expect(renderTable(result)).toMatch(/- needs 1,000 jobs \(--duration 22s\): wait p99, total p99/);
    for (const cell of result.cells)
      cell.refused = { total_p999: 'needs 10,000 jobs', total_p99: 'UNSTABLE (backlog)' };
    expect(footer('x', result)).toContain('--trials 6');
  });
});

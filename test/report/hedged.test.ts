/** What a table and a report say must not be surer than the trials, nor one surer than the other. */
import { describe, expect, it } from 'vitest';
import { standingsOf } from '../../src/compare/standings.js';
import type { ResultFile } from '../../src/core/result.js';
import { answersOf } from '../../src/report/html/answers.js';
import { reportModel } from '../../src/report/html/model.js';
import { renderReportMarkdown } from '../../src/report/markdown.js';
import { renderTable } from '../../src/report/table.js';
import { medianInterval } from '../../src/stats/interval.js';
import { resultFixture } from '../fixtures/result.js';

type Cell = ResultFile['cells'][number];
const modelOf = (result: ResultFile) =>
  reportModel([{ label: 'run', name: 'run.json', result }], { standings: [standingsOf(result)] });
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('a lesson that compares adapters', () => {
  it('is hedged in the table as in the report, where trials are few', () => {
    const result = resultFixture();
    for (const { adapter } of result.cells) adapter.traits.durability = 'process-crash';
    const said = /~ 3 trials cannot tell such differences from noise\./;
    expect(flat(renderTable(result))).toMatch(said);
    expect(modelOf(result).questions[0]?.lessons[0]).toMatch(said);
    expect(answersOf(modelOf(result)).some(({ text }) => text.includes('3 trials cannot tell it from noise'))).toBe(
      true,
    );
  });
  it('is where one adapter is compared with itself, as by a depth or a placement', () => {
    const one = resultFixture();
    one.cells = one.cells.filter(({ adapter }) => adapter.label === 'sqlite');
    expect(flat(renderTable(one))).toContain('~ 3 trials cannot tell');
  });
  it('is not where one row is compared with nobody, or in virtual time', () => {
    const one = resultFixture();
    one.cells = one.cells.filter(({ adapter }) => adapter.label === 'sqlite').slice(0, 1);
    expect(renderTable(one)).not.toContain('~ 3');
    const virtual = resultFixture();
    virtual.run.virtual = true;
    expect(renderTable(virtual)).not.toContain('cannot tell');
  });
});

const contention = (change: (cell: Cell) => void): ResultFile => {
  const result = resultFixture();
  result.cells = result.cells.filter(({ scenario, status }) => scenario.name === 'contention' && status === 'ok');
  for (const cell of result.cells) change(cell);
  return result;
};

describe('web requests beside jobs', () => {
  it('who slows them least is said beside who does more jobs', () => {
    const result = contention(({ scenario, adapter, summary }) => {
      const few = adapter.label === 'threads' && scenario.params.level === 'saturated';
      if (few) summary.jobs_rate = medianInterval([80, 80, 80]);
    });
    const least = answersOf(modelOf(result)).find(({ head }) => head === 'Slowed least');
    expect(least?.text).toMatch(
      /^threads in a thread of the web server \(80(\.0)? jobs\/s\).*; more jobs were done by sqlite .* \(102 jobs\/s\), p99 from/,
    );
  });
  it('are ranked with a ~ where trials are few, and across promises with a word of that', () => {
    const least = answersOf(modelOf(contention(() => undefined))).find(({ head }) => head === 'Slowed least');
    expect(least?.sure).toBe('open');
    expect(least?.text).toMatch(/\(medians of 3 trials; promises differ\)$/);
    const many = contention((cell) => {
      const [trial] = cell.trials;
      if (trial) cell.trials = Array.from({ length: 12 }, (_, block) => ({ ...trial, index: block, block }));
      cell.adapter.traits = { ...cell.adapter.traits, delivery: 'at-least-once', durability: 'memory' };
    });
    const sure = answersOf(modelOf(many)).find(({ head }) => head === 'Slowed least');
    expect(sure?.sure).toBe('alone');
    expect(sure?.text).not.toContain('promises differ');
  });
  it('are compared at the level at which all do the same jobs, where there is one', () => {
    const result = contention(() => undefined);
    const equal = result.cells
      .filter(({ scenario }) => scenario.params.level === 'saturated')
      .map((cell) => ({
        ...cell,
        id: `${cell.id} equal`,
        scenario: { ...cell.scenario, params: { ...cell.scenario.params, level: 'equal' } },
        summary: { ...cell.summary, jobs_rate: medianInterval([40, 40, 40]) },
      }));
    result.cells.push(...equal);
    const least = answersOf(modelOf(result)).find(({ head }) => head === 'Slowed least');
    expect(least?.text).toMatch(/\(40(\.0)? jobs\/s\)/);
    expect(least?.text).not.toContain('more jobs');
  });
  it('that differ twofold without any jobs are a warning, in the table and in the report', () => {
    const uneven = (factor: number) =>
      contention(({ scenario, adapter, summary }) => {
        const other = adapter.label === 'threads' && scenario.params.level === 'alone';
        if (other) summary.web_p99 = medianInterval([4.1 * factor]);
      });
    const said =
      /DISTURBED: the machine was uneven: web p99 without any jobs was 4\.10 ms in one row and 9\.43 ms in another/;
    expect(flat(renderTable(uneven(2.3)))).toMatch(said);
    expect(renderReportMarkdown(modelOf(uneven(2.3)))).toMatch(
      /\*\*DISTURBED\*\*: the machine was uneven: .* 4\.10 ms .* 9\.43 ms/,
    );
    expect(flat(renderTable(uneven(2.3))).match(/uneven/g)).toHaveLength(1);
    expect(renderTable(uneven(1.9))).not.toContain('uneven');
  });
});

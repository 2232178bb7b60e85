/** Golden files: `npx vitest run test/report -u` writes them anew; read the difference before committing it. */
import { describe, expect, it } from 'vitest';
import { standingsOf } from '../../src/compare/standings.js';
import { field, renderCsv } from '../../src/report/csv.js';
import { renderHgrm } from '../../src/report/hgrm.js';
import { reportModel } from '../../src/report/html/model.js';
import { renderReportMarkdown } from '../../src/report/markdown.js';
import { countsOf } from '../../src/stats/counts.js';
import { encodeHistogram } from '../../src/stats/histogram.js';
import { resultFixture } from '../fixtures/result.js';

const golden = (name: string) => new URL(`../fixtures/golden/${name}`, import.meta.url).pathname;

function model() {
  const result = resultFixture();
  return reportModel([{ label: 'run', name: 'run.json', result }], { standings: [standingsOf(result)] });
}

/** As RFC 4180 has it, by the letter: the reader of a spreadsheet. */
function parsed(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.join('') !== '');
}

describe('Markdown', () => {
  it('is as it was', async () => await expect(renderReportMarkdown(model())).toMatchFileSnapshot(golden('report.md')));
  it('has the verdict before anything folded', () => {
    const text = renderReportMarkdown(model());
    expect(text.indexOf('**INVALID**')).toBeGreaterThan(0);
    expect(text.indexOf('**INVALID**')).toBeLessThan(text.indexOf('<details>'));
  });
  it('is never longer than a comment may be, and says what it leaves out', () => {
    const result = resultFixture();
    const [cell] = result.cells;
    if (cell === undefined) throw new Error('no cell');
    const more = Array.from({ length: 900 }, (_, at) => ({
      ...cell,
      id: `throughput/at=${at} x`,
      scenario: { ...cell.scenario, params: { ...cell.scenario.params, at } },
    }));
    result.cells = [...result.cells, ...more];
    const text = renderReportMarkdown(reportModel([{ label: 'run', name: 'x', result }]));
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toMatch(/\d+ rows are left out/);
  });
});

describe('CSV', () => {
  it('is as it was', async () => await expect(renderCsv(model().files)).toMatchFileSnapshot(golden('report.csv')));
  it('has a row for each metric of each trial, and the same fields in all', () => {
    const rows = parsed(renderCsv(model().files));
    const values = resultFixture().cells.flatMap(({ trials }) =>
      trials.flatMap((trial) => Object.values(trial.values)),
    );
    expect(rows.length - 1).toBe(values.length);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(rows.slice(1).map((row) => Number(row.at(-1)))).toEqual(values);
  });
  it.each([
    ['=1+1', `"'=1+1"`],
    ['+x', `"'+x"`],
    ['-x', `"'-x"`],
    ['@x', `"'@x"`],
    ['\t=x', `"'\t=x"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['plain', 'plain'],
  ])('takes the sting out of %j', (text, written) => expect(field(text)).toBe(written));
});

describe('percentiles', () => {
  it('are as HdrHistogram prints them', async () => {
    const values = Array.from({ length: 2000 }, (_, i) => -3 * Math.log((i + 0.5) / 2000));
    await expect(renderHgrm(countsOf([encodeHistogram(values).text]))).toMatchFileSnapshot(golden('span.hgrm'));
  });
  it('of nothing have no lines', () =>
    expect(renderHgrm({ values: new Float64Array(), upTo: new Float64Array(), samples: 0 })).toContain(
      'Total count    =            0',
    ));
});

import { describe, expect, it } from 'vitest';
import { groupCells, planCells } from '../../src/engine/cells.js';
import contention from '../../src/scenarios/contention.js';
import { requestFor, stubContestant, stubQuestion, stubTraits } from '../support/stubs.js';

const plain = stubContestant('plain');

async function idsOf(...given: Parameters<typeof requestFor>): Promise<string[]> {
  return (await planCells(requestFor(...given))).map((cell) => cell.id);
}

describe('ids', () => {
  it('are the scenario and the adapter: every pair, in the order of the questions', async () => {
    const questions = [stubQuestion('latency'), stubQuestion('throughput')];
    expect(await idsOf([plain, stubContestant('sqlite?synchronous=full')], questions)).toEqual([
      'latency plain',
      'latency sqlite?synchronous=full',
      'throughput plain',
      'throughput sqlite?synchronous=full',
    ]);
  });

  it('carry the params that lists made different, and no others', async () => {
    const sets = [
      { rate: '100', payload: 256 },
      { rate: '200', payload: 256 },
    ];
    expect(await idsOf([plain], [stubQuestion('latency', sets)])).toEqual([
      'latency/rate=100 plain',
      'latency/rate=200 plain',
    ]);
  });

  it('carry a param that the user gave, even when it is alone', async () => {
    const question = { ...stubQuestion('latency', [{ rate: '100', payload: 256 }]), given: new Set(['rate']) };
    expect(await idsOf([plain], [question])).toEqual(['latency/rate=100 plain']);
  });

  it('carry the params that tell expanded cells apart', async () => {
    const question = stubQuestion('contention', [{ payload: 1 }], {
      shown: ['placement', 'level'],
      expand: (p) => ['alone', 'idle'].map((level) => ({ ...p, placement: 'loop', level })),
    });
    expect(await idsOf([plain], [question])).toEqual([
      'contention/placement=loop,level=alone plain',
      'contention/placement=loop,level=idle plain',
    ]);
  });
});

describe('a reference that cells need', () => {
  const placement = 'process';
  const asked = (...levels: ('alone' | 'half' | 'saturated')[]) => ({
    name: 'contention',
    scenario: contention,
    paramSets: levels.map((level) => contention.params.parse({ placement, level })),
    given: new Set(['level', 'placement']),
  });
  const levelsOf = async (question: ReturnType<typeof asked>) =>
    (await idsOf([plain], [question])).map((id) => /level=(\w+)/.exec(id)?.[1]);

  it('comes along unasked: -P level=saturated brings web alone', async () => {
    expect(await levelsOf(asked('saturated'))).toEqual(['alone', 'saturated']);
  });

  it('comes once, however many need it or ask for it', async () => {
    expect(await levelsOf(asked('half', 'saturated'))).toEqual(['alone', 'half', 'saturated']);
    expect(await levelsOf(asked('saturated', 'alone'))).toEqual(['alone', 'saturated']);
    const groups = groupCells(await planCells(requestFor([plain], [asked('half', 'saturated')])));
    expect(groups.map(({ cells }) => cells.length)).toEqual([3]);
  });
});

describe('a cell that cannot be measured says why', () => {
  const skipOf = async (...given: Parameters<typeof requestFor>) => (await planCells(requestFor(...given)))[0]?.skip;
  const backend = (reason: string) => async () => ({ reason, remedy: 'install it' });

  it('when the backend is missing', async () => {
    const missing = stubContestant('redis', { unavailable: backend('no redis-server') });
    const [cell] = await planCells(requestFor([missing], [stubQuestion('latency')]));
    expect(cell).toMatchObject({ skip: 'no redis-server; install it', missingBackend: true });
  });

  it('when looking for the backend fails', async () => {
    const odd = stubContestant('odd', { unavailable: () => Promise.reject(new Error('no permission')) });
    expect(await skipOf([odd], [stubQuestion('latency')])).toMatch(/^no permission; /);
  });

  it.each([
    [{ schedules: true }, 'plain does not support scheduled jobs (enqueueAt)'],
    [{ retries: true }, 'plain does not support retries'],
    [{ bulk: true }, 'plain does not support a bulk path'],
    [{ durability: 'power-loss' as const }, 'plain does not support durability=power-loss'],
    [
      { executes: 'thread' as const },
      'plain does not support jobs in placement thread: it runs them in placement loop',
    ],
  ])('when the adapter lacks %o', async (needs, reason) => {
    expect(await skipOf([plain], [stubQuestion('x', [{}], { requires: () => needs })])).toBe(reason);
  });

  it('but not when the option that was chosen gives what is needed', async () => {
    const able = stubContestant('able', { traitsFor: () => ({ ...stubTraits, schedules: true }) });
    expect(await skipOf([able], [stubQuestion('x', [{}], { requires: () => ({ schedules: true }) })])).toBeUndefined();
  });
});

describe('groups', () => {
  const sets = ['loop', 'process'].flatMap((placement) => ['alone', 'idle'].map((level) => ({ placement, level })));
  const together = stubQuestion('contention', sets, { together: ['level'] });

  it('share a trial where cells differ only in what is measured together', async () => {
    const groups = groupCells(await planCells(requestFor([plain, stubContestant('other')], [together])));
    expect(groups.map((group) => group.cells.map((cell) => cell.id))).toEqual([
      ['contention/placement=loop,level=alone plain', 'contention/placement=loop,level=idle plain'],
      ['contention/placement=process,level=alone plain', 'contention/placement=process,level=idle plain'],
      ['contention/placement=loop,level=alone other', 'contention/placement=loop,level=idle other'],
      ['contention/placement=process,level=alone other', 'contention/placement=process,level=idle other'],
    ]);
    expect(new Set(groups.map((group) => group.key)).size).toBe(4);
  });

  it('are one cell each where nothing is measured together', async () => {
    const groups = groupCells(await planCells(requestFor([plain], [stubQuestion('contention', sets)])));
    expect(groups.map((group) => group.cells.length)).toEqual([1, 1, 1, 1]);
  });

  it('leave out what is skipped', async () => {
    const needy = stubQuestion('x', [{}], { requires: () => ({ schedules: true }) });
    expect(groupCells(await planCells(requestFor([plain], [needy])))).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, needsSecondLook, worstVerdict } from '../../src/compare/judge.js';
import type { Judged, Samples, Verdict } from '../../src/core/comparison.js';
import { seeded } from '../../src/core/random.js';

/** Twelve pairs: head is `by` slower, and pairs spread by about `spread` around that, in a fixed pattern. */
function row(by: number, spread: number, rest: Partial<Samples> = {}, blocks = 12): Samples {
  const random = seeded(5);
  const base = Array.from({ length: blocks }, () => 100 * Math.exp(0.1 * random()));
  // Evenly spread and symmetric, so that the estimate is `by` itself.
  const offset = (i: number) => ((2 * i + 1) / blocks - 1) * spread * 1.7;
  const head = base.map((value, i) => value * (1 + by) * Math.exp(offset(i)));
  const names = { id: 'cell metric', cell: 'cell', metric: 'metric', label: 'wait p50', unit: 'ms' };
  const rule = { pairing: 'interleaved' as const, threshold: 0.05, floor: 0.02, gated: true };
  return { ...names, better: 'lower', base, head, ...rule, ...rest };
}

const apart = (by: number, spread: number, rest: Partial<Samples> = {}) =>
  row(by, spread, { pairing: 'apart', history: 'learned', ...rest });

function only(samples: Samples, look: 1 | 2 | 'only' = 1): Judged {
  const [judged] = judge([samples], look);
  if (judged === undefined) throw new Error('no row came back');
  return judged;
}

describe('verdicts of pairs', () => {
  it.each<[string, Samples, Verdict]>([
    ['clearly worse by more than the threshold', row(0.08, 0.01), 'regression'],
    ['worse by less, but the threshold is not excluded', row(0.045, 0.015), 'regression'],
    ['worse by less, excluded at 95 % but not at 99 %', row(0.038, 0.012), 'regression'],
    ['worse, and surely by less than the threshold', row(0.03, 0.005), 'small'],
    ['worse without doubt, but below the floor', row(0.015, 0.001), 'pass'],
    ['the same', row(0, 0.01), 'pass'],
    ['a little better', row(-0.015, 0.002), 'pass'],
    ['clearly better', row(-0.08, 0.01), 'improvement'],
    ['too noisy to tell', row(0, 0.15), 'inconclusive'],
    ['looks worse, but could be noise', row(0.05, 0.15), 'inconclusive'],
    ['identical to the last digit', row(0, 0), 'pass'],
  ])('%s', (_name, samples, verdict) => expect(only(samples).verdict).toBe(verdict));

  it('point the other way where higher is better', () => {
    expect(only(row(0.08, 0.01, { better: 'higher' })).verdict).toBe('improvement');
    const fell = only(row(-0.08, 0.01, { better: 'higher' }));
    expect(fell.verdict).toBe('regression');
    expect(fell.effect?.slowdown).toBeCloseTo(1 / 0.92 - 1, 6);
  });
  it('mirror: the improvement of swapped sides is as large as the regression', () => {
    const samples = row(0.08, 0.01);
    const [there, back] = [only(samples), only({ ...samples, base: samples.head, head: samples.base })];
    expect(back.p).toBe(there.p);
    expect(1 / (1 + (back.effect?.slowdown ?? 0)) - 1).toBeCloseTo(there.effect?.slowdown ?? 0, 12);
    expect(back.verdict).toBe('improvement');
  });
  it('do not depend on the unit, nor on the order of blocks', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
        (factor, by) => {
          const samples = row(by, 0.03);
          const moved = (values: readonly number[]) => values.map((value) => value * factor).reverse();
          const [before, after] = [
            only(samples),
            only({ ...samples, base: moved(samples.base), head: moved(samples.head) }),
          ];
          expect(after.verdict).toBe(before.verdict);
          expect(after.effect?.high99).toBeCloseTo(before.effect?.high99 ?? Number.NaN, 9);
          expect(after.p).toBeCloseTo(before.p ?? Number.NaN, 9);
        },
      ),
    );
  });
  it('take the ends of their intervals from the 14th and the 8th of 78 Walsh averages', () => {
    const samples = row(0.03, 0.02);
    const logs = samples.head.map((value, i) => Math.log(value / (samples.base[i] ?? Number.NaN)));
    const averages = logs.flatMap((a, i) => logs.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
    const end = (place: number) => Math.expm1(averages.at(place) ?? Number.NaN);
    const { effect } = only(samples);
    expect([effect?.low95, effect?.high95]).toEqual([expect.closeTo(end(13), 12), expect.closeTo(end(-14), 12)]);
    expect([effect?.low99, effect?.high99]).toEqual([expect.closeTo(end(7), 12), expect.closeTo(end(-8), 12)]);
  });
});

describe('a family', () => {
  it('raises the p of gated rows together, and leaves the others alone', () => {
    const rows = judge([row(0.08, 0.01), row(0, 0.01), row(0, 0.01, { gated: false })], 1);
    expect(rows[0]).toMatchObject({ p: 2 / 4096, adjustedP: 4 / 4096, verdict: 'regression' });
    expect(rows[1]?.adjustedP).toBeGreaterThan(0.9);
    expect(rows[2]).not.toHaveProperty('adjustedP');
  });
  it('of more than six rows cannot find anything in 12 blocks, and says so', () => {
    const rows = judge(
      Array.from({ length: 7 }, () => row(0.08, 0.01)),
      1,
    );
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']));
    expect(rows[0]?.sentence).toContain('12 blocks cannot show any change where 7 rows gate');
    expect(rows[0]).not.toHaveProperty('detectable');
    expect(needsSecondLook(rows)).toBe(true);
  });
  it('spends 0.3 % at the first look, 0.7 % at the second, and 1 % where there is only one', () => {
    const among = (gated: number, look: 1 | 2 | 'only') =>
      judge([row(0.08, 0.01), ...Array.from({ length: gated - 1 }, () => row(0, 0.01))], look)[0]?.verdict;
    // The smallest p of 12 pairs is 2 / 4096: 6, 14 and 20 times that is within alpha.
    expect([among(6, 1), among(7, 1)]).toEqual(['regression', 'inconclusive']);
    expect([among(14, 2), among(15, 2)]).toEqual(['regression', 'inconclusive']);
    expect([among(20, 'only'), among(21, 'only')]).toEqual(['regression', 'inconclusive']);
  });
});

describe('files measured apart', () => {
  it('use the learned floor: what is below it is not real', () => {
    expect(only(apart(0.08, 0.01, { floor: 0.03, base: quiet(100), head: quiet(108) }), 'only').verdict).toBe(
      'regression',
    );
    expect(only(apart(0.08, 0.01, { floor: 0.1, base: quiet(100), head: quiet(108) }), 'only').verdict).toBe(
      'inconclusive',
    );
  });
  it('pass only where the noise between runs cannot hide a regression either', () => {
    const same = (floor: number) => only(apart(0, 0, { floor, base: quiet(100), head: quiet(100.2) }), 'only');
    expect(same(0.02).verdict).toBe('pass');
    expect(same(0.06)).toMatchObject({ verdict: 'inconclusive', sentence: expect.stringContaining('fall 6 % apart') });
    expect(same(0.06)).not.toHaveProperty('blocksNeeded');
  });
  it('without a history differ at most, in either direction, and never pass', () => {
    const said = (head: number) => only(apart(0, 0, { history: 'none', base: quiet(100), head: quiet(head) }), 'only');
    expect(said(150)).toMatchObject({ verdict: 'differs', sentence: expect.stringContaining('50 % worse') });
    expect(said(60).verdict).toBe('differs');
    expect(said(100.1)).toMatchObject({ verdict: 'inconclusive', sentence: expect.stringContaining('no history') });
    const { history: _, ...absent } = apart(0, 0, { base: quiet(100), head: quiet(150) });
    expect(only(absent, 'only').verdict).toBe('differs');
  });
  it('need not have equally many trials', () => {
    const judged = only(apart(0, 0, { base: quiet(100, 12), head: quiet(110, 9) }), 'only');
    expect(judged).toMatchObject({ verdict: 'regression', base: { n: 12 }, head: { n: 9 } });
  });
});

describe('what has no ratio never passes', () => {
  const twelve = (value: number) => Array.from({ length: 12 }, () => value);
  it.each<[string, Partial<Samples>, Verdict, string]>([
    ['a zero', { base: twelve(0), head: twelve(0) }, 'inconclusive', 'no ratio'],
    [
      'zero became many',
      { base: twelve(0), head: quiet(5) },
      'inconclusive',
      'the sides do differ (median 0 against 5',
    ],
    ['negative', { base: twelve(-1), head: twelve(-2) }, 'inconclusive', 'no ratio'],
    ['NaN', { head: twelve(Number.NaN) }, 'inconclusive', 'not a finite number'],
    ['infinite', { base: twelve(Number.POSITIVE_INFINITY) }, 'inconclusive', 'not a finite number'],
    ['no base', { base: [] }, 'missing', 'base has no values'],
    ['no head', { head: [] }, 'missing', 'head has no values'],
    ['no pairs', { head: twelve(1).slice(1) }, 'inconclusive', '12 and 11 values do not make pairs'],
    ['seven blocks', { base: quiet(100, 7), head: quiet(100, 7) }, 'inconclusive', '7 blocks are too few'],
    ['a flood', { base: quiet(1, 1001), head: quiet(1, 1001) }, 'inconclusive', 'more than 1,000 values'],
  ])('%s', (_name, rest, verdict, words) => {
    const judged = only(row(0, 0.01, rest));
    expect(judged.verdict).toBe(verdict);
    expect(judged.sentence).toContain(words);
    expect(judged).not.toHaveProperty('effect');
  });
});

describe('sentences', () => {
  it.each<[string, Samples, RegExp]>([
    [
      'regression',
      row(0.08, 0.01),
      /^wait p50 is 8 % worse \(95 %: 7\.\d % worse to 8\.\d % worse\); 5 % or more counts as a regression$/,
    ],
    ['small', row(0.03, 0.005), /real, but below the 5 % that counts as a regression$/],
    [
      'pass',
      row(0, 0.01),
      /^no regression of 5 % in wait p50: it is the same \(95 %: \d(\.\d)? % better to \d(\.\d)? % worse\)$/,
    ],
    ['improvement', row(-0.08, 0.01), /^wait p50 is 8\.7 % better/],
    [
      'inconclusive',
      row(0, 0.15),
      /^no verdict on wait p50: it is .* known to ±\d+ % after 12 blocks; about \d+ blocks would tell a change of 5 %$/,
    ],
  ])('%s', (_name, samples, expected) => expect(only(samples).sentence).toMatch(expected));
});

describe('what the machine can see', () => {
  it('is told for each row, and never finer than the floor', () => {
    const [noisy, silent] = [only(row(0, 0.04)), only(row(0, 0.0001))];
    expect(noisy.detectable).toBeGreaterThan(0.04);
    expect(noisy.detectable).toBeLessThan(0.1);
    expect(silent.detectable).toBeGreaterThanOrEqual(0.02);
    expect(silent).not.toHaveProperty('blocksNeeded');
  });
  it('says how many blocks would do, always more than there are', () => {
    const [noisy, noisier] = [only(row(0, 0.1)), only(row(0, 0.2))];
    expect(noisy.blocksNeeded).toBeGreaterThan(12);
    expect(noisier.blocksNeeded).toBeGreaterThan(3 * (noisy.blocksNeeded ?? 0));
    // 24 blocks of this spread should have told; an effect halfway to the threshold was in the way.
    expect(only(row(0.03, 0.05, {}, 24), 2)).toMatchObject({ verdict: 'inconclusive', blocksNeeded: 48 });
  });
});

describe('the whole comparison', () => {
  const rows = (...verdicts: readonly Verdict[]) => verdicts.map((verdict) => ({ ...only(row(0, 0.15)), verdict }));
  it.each<[Verdict, Verdict[]]>([
    ['regression', ['pass', 'missing', 'regression', 'inconclusive']],
    ['missing', ['differs', 'missing', 'inconclusive']],
    ['differs', ['inconclusive', 'differs', 'pass']],
    ['inconclusive', ['small', 'inconclusive', 'improvement']],
    ['small', ['pass', 'small']],
    ['pass', ['improvement', 'pass']],
    ['improvement', ['improvement']],
  ])('is as bad as its worst gated row: %s', (worst, verdicts) => expect(worstVerdict(rows(...verdicts))).toBe(worst));

  it('does not pass where nothing was gated', () => {
    expect(worstVerdict([])).toBe('inconclusive');
    expect(worstVerdict(judge([row(0, 0.01, { gated: false })], 1))).toBe('inconclusive');
  });
  it('gets a second look only where the first cannot tell, and more blocks could', () => {
    expect(needsSecondLook(rows('inconclusive', 'pass'))).toBe(true);
    expect(needsSecondLook(rows('inconclusive', 'regression'))).toBe(false);
    expect(needsSecondLook(rows('pass', 'small'))).toBe(false);
    expect(needsSecondLook(judge([row(0, 0.15, { gated: false })], 1))).toBe(false);
    expect(needsSecondLook(judge([row(0, 0.01, { base: Array.from({ length: 12 }, () => 0) })], 1))).toBe(false);
  });
});

/** Values within 0.6 % of their middle, none equal to another. */
function quiet(middle: number, trials = 12): number[] {
  return Array.from({ length: trials }, (_, i) => middle * (1 + 0.006 * ((2 * i + 1) / trials - 1)));
}

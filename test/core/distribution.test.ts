import { describe, expect, it } from 'vitest';
import { parseDistribution, probit } from '../../src/core/distribution.js';
import { seeded } from '../../src/core/random.js';

const parse = (text: string, file = '') => parseDistribution(text, () => file);

describe('parseDistribution', () => {
  it.each([
    ['500ms', 0.3, 500, 500],
    ['0ms', 0.9, 0, 0],
    ['1m30s', 0, 90_000, 90_000],
    ['uniform:1500ms:5000ms', 0, 1500, 5000],
    ['uniform:1500ms:5s', 0.5, 3250, 5000],
    ['lognormal:2s:5s', 0.5, 2000, Number.POSITIVE_INFINITY],
    ['lognormal:2s:5s', 0.95, 5000, Number.POSITIVE_INFINITY],
    ['lognormal:2s:2s', 0.99, 2000, 2000],
  ])('%s at %d is %d ms, never above %d', (text, u, ms, max) => {
    expect(parse(text).quantile(u)).toBeCloseTo(ms, 4);
    expect(parse(text).maxMs).toBe(max);
  });

  it('draws measured values, each as likely as the others, from a path with colons too', () => {
    const paths: string[] = [];
    const file = '# boots of a day\n300ms\n\n 512 \n1.2s\n';
    const values = parseDistribution('file:a:b.txt', (path) => {
      paths.push(path);
      return file;
    });
    expect(paths).toEqual(['a:b.txt']);
    expect([0, 0.34, 0.67, 0.9999].map(values.quantile)).toEqual([300, 512, 1200, 1200]);
    expect(values.maxMs).toBe(1200);
  });

  it.each([
    ['fast', '"fast" is not a distribution; write 500ms'],
    ['', 'is not a distribution'],
    ['-5ms', '"-5ms" is not a distribution'],
    ['500', '"500" is not a distribution'],
    ['normal:1s:2s', 'is not a distribution'],
    ['uniform:5s', 'is not a distribution'],
    ['uniform:5s:1s', '1s is less than 5s'],
    ['uniform:5s:', 'is not a distribution'],
    ['lognormal:0ms:1s', 'the median of a lognormal must be above 0'],
    ['file:x.txt', 'x.txt holds no values'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('names the line of a file that it cannot read', () => {
    expect(() => parse('file:x.txt', '1s\n# two\nsoon\n')).toThrow('x.txt line 3: "soon" is not a duration');
    expect(() => parse('file:x.txt', '-5\n')).toThrow('x.txt line 1');
  });

  it('has the mean that a lognormal of its parameters has', () => {
    const draw = parse('lognormal:2s:5s');
    const random = seeded(7);
    let total = 0;
    for (let i = 0; i < 200_000; i++) total += draw.quantile(random());
    const sigma = Math.log(2.5) / 1.6448536269514722;
    expect(total / 200_000 / (2000 * Math.exp(sigma ** 2 / 2))).toBeCloseTo(1, 1);
  });
});

describe('probit', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.01, -2.3263478740408408],
    [0.001, -3.0902323061678132],
    [0.99999, 4.264890793922602],
  ])('at %d is %d', (p, z) => {
    expect(probit(p)).toBeCloseTo(z, 6);
  });
});

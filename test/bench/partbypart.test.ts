import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { figureFile } from '../../bench/lib/figurefile.js';
import { partByPart } from '../../bench/lib/partbypart.js';

describe('a run of many parts', () => {
  it('keeps what a part found before it prints it', async () => {
    const seen: string[] = [];
    const faults = await partByPart(['web', 'redis'], {
      measure: async (name) => name,
      keep: (name) => void seen.push(`keep ${name}`),
      tell: (found) => void seen.push(`tell ${found}`),
      say: () => undefined,
    });
    expect(faults).toEqual([]);
    expect(seen).toEqual(['keep web', 'tell web', 'keep redis', 'tell redis']);
  });

  it('goes on after a fault of a part, of keeping or of printing it, and names each', async () => {
    const kept: string[] = [];
    const told: string[] = [];
    const failing = (wanted: string, reason: string) => (name: string) => {
      if (name === wanted) throw new Error(`${reason}\nwhere it was`);
    };
    const faults = await partByPart(['a', 'b', 'c', 'd'], {
      async measure(name) {
        failing('a', 'no server')(name);
        return name;
      },
      keep(name) {
        failing('b', 'no space')(name);
        kept.push(name);
      },
      tell(name) {
        failing('c', 'no table')(name);
        told.push(name);
      },
      say: () => undefined,
    });
    expect(faults).toEqual(['a: no server', 'b is not kept: no space', 'c is not printed: no table']);
    expect(kept).toEqual(['c', 'd']);
    expect(told).toEqual(['b', 'd']);
  });
});

describe('a file of figures', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'jobbench-figures-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('keeps the figures of other parts, and leaves nothing beside it', () => {
    const path = join(dir, 'reference', 'peers.json');
    const figures = figureFile(path);
    figures.keep('web', { rate: 1 });
    figureFile(path).keep('redis', { rate: 2 });
    figures.keep('web', { rate: 3 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ families: { web: { rate: 3 }, redis: { rate: 2 } } });
    expect([figures.has('redis'), figures.has('options')]).toEqual([true, false]);
    expect(readdirSync(join(dir, 'reference'))).toEqual(['peers.json']);
  });

  it('is refused before anything is measured where it cannot be read', () => {
    const path = join(dir, 'peers.json');
    writeFileSync(path, '{"families": ');
    expect(() => figureFile(path)).toThrow(/peers\.json cannot be read; remove it or name another/);
  });
});

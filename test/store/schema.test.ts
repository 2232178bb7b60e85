import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { resultJsonSchema } from '../../src/store/schema.js';
import { resultFixture } from '../fixtures/result.js';

const committed = JSON.parse(readFileSync(new URL('../../results/schema.v1.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(committed);

/** The fixture with one value replaced: `cells.0.status`. */
function withValue(path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(resultFixture());
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = copy as Record<string, unknown>; // walked by names that the test knows
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe('results/schema.v1.json', () => {
  it('is what the source generates: run `npm run schema` after changing src/core/result.ts', () => {
    expect(committed).toEqual(resultJsonSchema());
  });
  it('accepts a result, by a validator that is not ours', () => {
    validate(resultFixture());
    expect(validate.errors).toBeNull();
  });
  it('keeps fields open for later', () => {
    expect(validate(withValue('run.branch', 'main'))).toBe(true);
    expect(validate(withValue('cells.0.trials.0.note', { any: [1] }))).toBe(true);
  });
  it.each<[string, unknown]>([
    ['format', 'other'],
    ['version', 2],
    ['run.seed', 1.5],
    ['run.status', 'running'],
    ['host.calibration.clockReadNs', undefined],
    ['host.memoryBytes', 1e308],
    ['cells', {}],
    ['cells.0.status', 'fine'],
    ['cells.0.trials.0.values', { p50: '1' }],
    ['cells.0.trials.0.ledger.lost', undefined],
    ['cells.0.metrics', { p50: { label: 'x', unit: 'ms', better: 'up' } }],
    ['cells.0.warnings', [{ code: 'x' }]],
  ])('rejects %s = %j', (path, value) => expect(validate(withValue(path, value))).toBe(false));
});

describe('results/README.md', () => {
  it('explains every field of the schema', () => {
    const text = readFileSync(new URL('../../results/README.md', import.meta.url), 'utf8');
    const missing = [...fieldsOf(committed)].filter((field) => !new RegExp(`\\b${field}\\b`).test(text));
    expect(missing).toEqual([]);
  });
});

function* fieldsOf(schema: unknown): Iterable<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') yield* Object.keys(value);
    yield* fieldsOf(value);
  }
}

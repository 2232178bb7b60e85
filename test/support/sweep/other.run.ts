import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';

test('has the folder of the same run', () => {
  expect(tmpdir()).toBe(process.env.JOBBENCH_SCRATCH);
});

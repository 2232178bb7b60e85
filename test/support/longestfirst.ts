import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, the longest first: one that begins last has the other cores wait for it. Vitest knows how long
 * files took, but only where they have run before: elsewhere it takes small ones last, of which two are the smoke tests.
 * Those that are not here come after them, as vitest orders them.
 */
const LONGEST = [
  'smoke/first',
  'smoke/second',
  'readme',
  'conformance/crash',
  'conformance/verifyall',
  'conformance/crashserver',
  'conformance/verify',
  'conformance/histories',
  'conformance/miscounts',
  'e2e/outside',
  'e2e/jobs',
  'conformance/harmed',
  'conformance/doomed',
  'conformance/exacting',
  'report/browser/hostile',
  'report/browser/page',
  'engine/faults',
  'conformance/contract',
  'e2e/mistakes',
  'adapters/redis',
  'conformance/verifyfaults',
  'e2e/sweep',
  'conformance/crashsound',
  'adapters/virtualreal',
  'adapters/spawn-vm',
  'e2e/safety',
  'e2e/run',
  'e2e/pack',
  'e2e/stop',
  'adapters/sqlite',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}

function group({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function place({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
}

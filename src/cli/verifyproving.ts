import { randomBytes } from 'node:crypto';
import type { Context, Level } from '../conformance/case.js';
import { effectiveOf } from '../conformance/direct.js';
import { SUITE, verifyAll } from '../conformance/suite.js';
import type { Proof } from '../core/promises.js';
import { safeValues } from '../core/secrets.js';
import { calibrate, describeHost } from '../engine/machine.js';
import { registerRun } from '../engine/others.js';
import type { Contestant } from '../engine/request.js';
import { openScratch } from '../engine/scratch.js';
import { sourceHash } from '../engine/source.js';
import { packageVersions } from '../engine/versions.js';
import type { Progress } from './progress.js';
import { tooSlow } from './verifyagain.js';
import { version } from './version.js';

export type Given = Pick<Context, 'seed' | 'timeoutMs' | 'allowRemote' | 'signal'> & { readonly level: Level };

/** @param proofs gets one for each adapter when all its cases are over: they are whole whatever happens to the next */
export async function proveAll(
  contestants: readonly Contestant[],
  given: Given,
  progress: Progress,
  proofs: Proof[],
): Promise<void> {
  const registration = registerRun();
  await using scratch = openScratch(false);
  try {
    const { spinsPerMs } = await calibrate(scratch.dir);
    const machine = await describeHost();
    if (registration.others().length > 0)
      progress.note(
        'another jobbench run is active on this machine: faults are late then, and cases may run out of time',
      );
    for (const contestant of contestants) {
      const context: Context = {
        ...given,
        adapter: contestant.adapter,
        ref: contestant.ref,
        traits: contestant.adapter.traitsFor?.(contestant.ref.options) ?? contestant.adapter.traits,
        runId: randomBytes(3).toString('hex'),
        scratchRoot: scratch.dir,
        spinsPerMs,
      };
      const told = (name: string, done: number, of: number) =>
        progress.status(`${contestant.label}, ${done + 1} of ${of}: ${name}`, undefined);
      const from = performance.now();
      const effective = await effectiveOf(context);
      const findings = await verifyAll(SUITE, context, told);
      const ms = Math.round(performance.now() - from);
      const late = tooSlow(contestant.label, given.level, ms);
      if (late !== undefined) progress.note(late);
      proofs.push({
        adapter: {
          name: contestant.ref.name,
          label: contestant.label,
          options: safeValues(contestant.ref.options),
          traits: { ...context.traits },
          versions: packageVersions(contestant.adapter.packages ?? []),
          source: contestant.ref.source ?? sourceHash(contestant.ref.module),
          effective: safeValues(effective),
        },
        level: given.level,
        seed: given.seed,
        date: new Date().toISOString(),
        jobbench: version(),
        machine: { ...machine },
        findings,
        ms,
      });
    }
  } finally {
    registration.release();
  }
}

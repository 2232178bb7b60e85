// A thousand random histories of the reference adapter without a false violation, and as many as ten minutes allow of a shared
// queue whose workers are killed and frozen, so that what excuses a lost or repeated job is tried; the promises of every adapter that can run here, at the full level.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { playHistory } from '../../dist/conformance/histories.js';
import { SUITE, verifyAll } from '../../dist/conformance/suite.js';
import { adapterNames, loadAdapter } from '../../dist/engine/registry.js';

const SEEDS = 1000;
const SHARED_SEEDS = 250;
const SOUND = fileURLToPath(new URL('../../test/support/broken/soundshared.mjs', import.meta.url));
const PLACES = 4;

/** The suite finds nothing where there is nothing. */
export function proveHistories({ say }) {
  return inScratch(async (scratchRoot) => [
    await histories('memory', SEEDS, scratchRoot, say),
    await histories(SOUND, SHARED_SEEDS, scratchRoot, say),
  ]);
}

/**
 * Every adapter of the folder, with its default options: its leases are as long as they come. What cannot be tried here is
 * told with the reason; for adapters that JOBBENCH_REQUIRE names, it is a failure.
 */
export function provePromises({ say }) {
  return inScratch(async (scratchRoot) => {
    const lines = [];
    for (const name of adapterNames()) lines.push(await kept(name, scratchRoot, say));
    return lines;
  });
}

async function inScratch(prove) {
  const scratchRoot = mkdtempSync(join(tmpdir(), 'jobbench-'));
  try {
    const lines = await prove(scratchRoot);
    return { text: lines.map(({ text }) => `- ${text}`).join('\n'), reached: lines.every(({ good }) => good) };
  } finally {
    rmSync(scratchRoot, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function histories(spec, seeds, scratchRoot, say) {
  const { context, name } = await contextOf(spec, scratchRoot);
  const found = [];
  let next = 1;
  let [jobs, faults, struck, repeated] = [0, 0, 0, 0];
  async function place() {
    while (next <= seeds) {
      const seed = next++;
      if (seed % 100 === 0) say(`${name}: history ${seed} of ${seeds}`);
      const { violations, figures = {} } = await playHistory(context, seed);
      jobs += figures.accepted ?? 0;
      faults += figures.faults ?? 0;
      struck += figures.struck ?? 0;
      repeated += figures.repeated ?? 0;
      if (violations.length > 0) found.push(`seed ${seed}: ${violations.join(', ')}`);
    }
  }
  await Promise.all(Array.from({ length: context.traits.topology === 'shared' ? 1 : PLACES }, place));
  const shared = context.traits.topology === 'shared';
  const told = shared ? `, ${faults} kills and freezes that struck ${struck}, ${repeated} repeated` : '';
  const text = `${seeds} random histories of ${name}, ${jobs} jobs${told}: ${found.length} false violations ${found.slice(0, 3).join('; ')}`;
  // Where nothing was struck no excuse was tried.
  return { text: text.trim(), good: found.length === 0 && (!shared || struck > 0) };
}

async function kept(name, scratchRoot, say) {
  const { context, remedy } = await contextOf(name, scratchRoot);
  const required = (process.env.JOBBENCH_REQUIRE ?? '').split(',').includes(name);
  const demand = required ? ', and JOBBENCH_REQUIRE names it' : '';
  if (remedy !== undefined) return { text: `${name}: not tested, ${remedy.reason}${demand}`, good: !required };
  const findings = await verifyAll(SUITE, context, (what) => say(`${name}: ${what}`));
  const of = (status) => findings.filter((finding) => finding.status === status);
  const broken = of('violated').map((finding) => `VIOLATED ${finding.name} (${finding.violations.join('; ')})`);
  const untried = of('not tested').map((finding) => `not tested: ${finding.name} (${finding.why}${demand})`);
  const counts = `${of('proved').length} proved, ${broken.length} violated, ${untried.length} not tested`;
  const good = broken.length === 0 && (untried.length === 0 || !required);
  return { text: [`${name}: ${counts}`, ...broken, ...untried].join('; '), good };
}

async function contextOf(spec, scratchRoot) {
  const { adapter, ref } = await loadAdapter(spec, '.');
  const options = adapter.options?.parse({}) ?? {};
  const context = {
    adapter,
    ref: { ...ref, options },
    traits: adapter.traitsFor?.(options) ?? adapter.traits,
    runId: 'prove',
    scratchRoot,
    spinsPerMs: 100_000,
    seed: 1,
    timeoutMs: 30_000,
    allowRemote: false,
    level: 'full',
    signal: new AbortController().signal,
  };
  return { context, name: ref.name, remedy: await adapter.unavailable?.(options) };
}

import { dirname } from 'node:path';
import { PROVABLE, type Proof, type Provable, provedBy } from '../core/promises.js';
import { shellCommand } from '../core/shell.js';
import { whoFinds } from '../store/proofs.js';
import { shortest } from './keeping.js';
import { hideSecrets } from './secrets.js';

/**
 * What later runs will mark of this, what they will not, and why: a reader who looks for marks that never come would
 * not know whom to ask.
 * @param path where the proofs are kept
 */
export function marksText(proofs: readonly Proof[], path: string, argv: readonly string[], cwd: string): string[] {
  const kept = `Kept in ${shortest(path, cwd)}`;
  const found = whoFinds(path, cwd);
  if (found === 'nobody')
    return [
      `${kept}. No run marks anything by it: \`jobbench run\` looks for promises.json in results/ and beside its own result. Leave --out out, or name a folder by it.`,
    ];
  const marked = proofs.flatMap((proof) => {
    const words = provedBy(proof);
    return words.length === 0 ? [] : [`${proof.adapter.label} (${words.join(', ')})`];
  });
  const unmarked = proofs.flatMap(leftUnmarked);
  const where = found === 'every run' ? '`jobbench run`' : `\`jobbench run --out ${shortest(dirname(path), cwd)}\``;
  const what = marked.length === 0 ? `has nothing here to mark` : `marks with ✓: ${marked.join(', ')}`;
  return [`${kept}; ${where} ${what}.`, ...unmarked.map(({ text }) => text), ...tryFull(unmarked, argv)];
}

interface Unmarked {
  readonly text: string;
  readonly full: boolean;
}

/** The words of the traits that an adapter claims and that get no mark. What it does not claim is not missing. */
function leftUnmarked(proof: Proof): Unmarked[] {
  const { adapter, findings, level } = proof;
  const said = (words: string, why: string, full = false) => ({
    text: `Not marked: ${adapter.label} (${words}): ${why}.`,
    full,
  });
  const violated = findings.filter(({ status }) => status === 'violated').length;
  const claimed = PROVABLE.filter((word) => open(proof, word).length > 0);
  if (
    violated > 0 &&
    PROVABLE.some((word) => findings.some(({ about, status }) => about === word && status !== 'not claimed'))
  )
    return [
      said(PROVABLE.join(', '), violated === 1 ? 'a promise was violated' : `${violated} promises were violated`),
    ];
  return claimed.map((word) => {
    const reasons = [...new Set(open(proof, word).map(({ name, why }) => why ?? `"${name}" was not tested`))];
    const short = reasons.some((why) => why.includes('--level full'));
    return said(word, reasons.join('; '), short && level === 'quick');
  });
}

/** Findings about a word that were neither proved nor unclaimed. */
function open({ findings }: Proof, word: Provable) {
  return findings.filter(({ about, status }) => about === word && status !== 'proved' && status !== 'not claimed');
}

function tryFull(unmarked: readonly Unmarked[], argv: readonly string[]): string[] {
  if (!unmarked.some(({ full }) => full)) return [];
  const typed = argv.filter(
    (word, at) => word !== '--level' && !word.startsWith('--level=') && argv[at - 1] !== '--level',
  );
  return [`To have that tried, too: ${shellCommand(['jobbench', ...typed.map(hideSecrets), '--level', 'full'])}`];
}

// Twenty thousand mutations of a result file, each handed to `compare`: an answer or a sentence, never a stack trace.
import { vitest } from './vitest.js';

const MUTATIONS = 20_000;

/** The part of `npm run prove` that is about files which somebody else wrote. */
export async function proveMutations({ say }) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const many = MUTATIONS.toLocaleString('en-US');
  say(`${many} mutations, seed ${seed}`);
  const env = { ...process.env, JOBBENCH_MUTATIONS: String(MUTATIONS), JOBBENCH_MUTATIONS_SEED: String(seed) };
  const { code, output } = await vitest(['run', '--testTimeout', '900000', 'test/cli/comparefuzz.test.ts'], env);
  const failed = output.split('\n').filter((line) => /^\s*(×|FAIL|AssertionError)/.test(line));
  const lines = [
    `${many} mutations of a real result file (seed ${seed}), handed to \`compare\`: exit 0 or 2, one sentence, no stack trace.`,
    ...failed.map((line) => `- ${line.trim()}`),
  ];
  return { text: lines.join('\n'), reached: code === 0 };
}

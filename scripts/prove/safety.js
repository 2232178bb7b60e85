// Fifty kills of the coordinator of run, verify, ab and simulate at random moments, after each of which nothing may be left within 2 s.
import { vitest } from './vitest.js';

const KILLS = 50;
const GONE_MS = 2000;

export async function proveSafety({ say }) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  say(`${KILLS} kills, seed ${seed}`);
  const env = {
    ...process.env,
    JOBBENCH_REQUIRE: 'redis',
    JOBBENCH_SAFETY_KILLS: String(KILLS),
    JOBBENCH_SAFETY_MS: String(GONE_MS),
    JOBBENCH_SAFETY_SEED: String(seed),
  };
  const { code, output } = await vitest(['run', 'test/e2e/safety.test.ts'], env);
  const [, passed = '0'] = /Tests .*?(\d+) passed/.exec(output) ?? [];
  const failed = output.split('\n').filter((line) => /^\s*(×|FAIL)/.test(line));
  const lines = [
    `${KILLS} kills -9 of run, verify, ab and simulate at random moments (seed ${seed}): nothing of ours left after ${GONE_MS / 1000} s.`,
    `1,000 keys of somebody else unchanged, a canary in no output, file, error or command line. ${passed} tests passed.`,
    ...failed.map((line) => `- ${line.trim()}`),
  ];
  return { text: lines.join('\n'), reached: code === 0 };
}

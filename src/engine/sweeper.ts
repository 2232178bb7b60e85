import { readdirSync, readFileSync, rmSync } from 'node:fs';

/*
 * Runs beside the coordinator for one purpose: when the coordinator dies without tidying up (kill -9, out of memory),
 * its end of our standard input closes, and whatever carries the scratch folder in its command line is killed, then
 * the folder removed. `node sweeper.js <scratch folder>`; a line "done" means that there is nothing to do.
 */
const scratch = process.argv[2] ?? '';
let done = false;
process.stdin.on('data', (chunk: Buffer) => {
  done ||= chunk.toString().includes('done');
});
process.stdin.on('end', () => {
  if (!done && scratch.includes('jobbench-')) sweep();
  process.exit(0);
});
// A terminal's Ctrl-C reaches the whole foreground group, and must not take the sweeper before its work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function sweep(): void {
  // Twice: a process may have been in the middle of starting another one.
  for (let round = 0; round < 2; round++) for (const pid of users()) kill(pid);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

function users(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandLine(pid).includes(scratch));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

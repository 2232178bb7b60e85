// Sees to it that the programs which tests use are there before the tests run. On Debian as root they are installed from
// Debian's own packages; elsewhere the command is printed, and the tests that need them are skipped, unless
// JOBBENCH_REQUIRE names them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs, which are also the names of their packages; `name` is what JOBBENCH_REQUIRE calls them. */
const NEEDED = [
  { program: 'redis-server', name: 'redis', purpose: 'test and measure Redis as well', tests: 'tests of Redis' },
  {
    program: 'strace',
    name: 'strace',
    purpose: 'test as well what is flushed to the disk',
    tests: 'tests of what is flushed',
  },
  {
    program: 'chromium',
    name: 'chromium',
    purpose: 'look at reports as a browser shows them',
    tests: 'tests of reports in a browser',
  },
];
/** A program that Debian's package scripts ask before they start a service: 101 means that it is not allowed. */
const POLICY = '/usr/sbin/policy-rc.d';
/** Deadline of each apt-get command. */
const INSTALL_MS = 300_000;

const required = (process.env.JOBBENCH_REQUIRE ?? '').split(',');
const missing = NEEDED.filter(({ program }) => !onPath(program));

if (missing.length > 0) {
  const failure = canInstall()
    ? install(missing.map(({ program }) => program))
    : 'it can be installed by this script only on Debian, as root';
  for (const one of missing) tell(one, failure);
}

function tell({ program, name, purpose, tests }, failure) {
  if (onPath(program)) return console.log(`${program}: installed`);
  console.log(`${program} is not on PATH (${failure})`);
  console.log(`To ${purpose}: ${hint(program)}`);
  const demanded = required.includes(name);
  console.log(demanded ? `JOBBENCH_REQUIRE names ${name}.` : `Without it, ${tests} are skipped.`);
  if (demanded) process.exitCode = 1;
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, program)));
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');
}

/** Returns why it did not work, or ''. */
function install(packages) {
  console.log(`${packages.join(', ')}: not on PATH; installing Debian's packages`);
  // A service must not start: the tests start servers of their own. A policy that somebody else made stays.
  const ours = !existsSync(POLICY);
  // A handler waits until apt-get has ended, so that an interrupt cannot leave our policy behind.
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
    process.once(signal, () => process.exit(code));
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const options = { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_MS };
    // Old package lists may still do, so a failed update is not the end.
    spawnSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
    if (packages.includes('redis-server')) disable(options);
    return '';
  } catch (error) {
    const said = String(error.stderr ?? '')
      .trim()
      .split('\n')
      .at(-1);
    return `apt-get failed: ${said || error.message}`;
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

/** Stops a service that was started all the same, and keeps it from starting with the machine. */
function disable(options) {
  if (onPath('systemctl')) spawnSync('systemctl', ['disable', '--now', 'redis-server'], options);
  if (existsSync('/etc/init.d/redis-server')) spawnSync('/etc/init.d/redis-server', ['stop'], options);
}

function hint(program) {
  if (program === 'strace' && process.platform !== 'linux') return 'run the tests on Linux, the only system it is for';
  if (process.platform === 'darwin') return program === 'chromium' ? 'put a chromium on PATH' : 'brew install redis';
  if (existsSync('/etc/debian_version')) return `apt-get install -y ${program} (as root)`;
  return `install ${program} with the package manager of this system`;
}

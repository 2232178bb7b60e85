// Sees to it that redis-server is there before the tests run. On Debian as root it is installed from Debian's own
// package; elsewhere the command is printed, and the tests of Redis are skipped, unless JOBBENCH_REQUIRE names redis.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that Debian's package scripts ask before they start a service: 101 means that it is not allowed. */
const POLICY = '/usr/sbin/policy-rc.d';
/** Deadline of each apt-get command. */
const INSTALL_MS = 300_000;

const demanded = (process.env.JOBBENCH_REQUIRE ?? '').split(',').includes('redis');

if (!onPath('redis-server')) {
  const failure = canInstall() ? install() : 'it can be installed by this script only on Debian, as root';
  if (onPath('redis-server')) {
    console.log('redis-server: installed');
  } else {
    console.log(`redis-server is not on PATH (${failure})`);
    console.log(`To test and measure Redis as well: ${hint()}`);
    console.log(demanded ? 'JOBBENCH_REQUIRE names redis.' : 'Without it, tests of Redis are skipped.');
    if (demanded) process.exitCode = 1;
  }
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, program)));
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');
}

/** Returns why it did not work, or ''. */
function install() {
  console.log('redis-server: not on PATH; installing the Debian package');
  // The service must not start: the tests start servers of their own. A policy that somebody else made stays.
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
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], options);
    disable(options);
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

function hint() {
  if (process.platform === 'darwin') return 'brew install redis';
  if (existsSync('/etc/debian_version')) return 'apt-get install -y redis-server (as root)';
  return 'install redis-server with the package manager of this system';
}

import { closeSync, fsync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Driver from 'better-sqlite3';
import { z } from 'zod';

/*
 * A queue in an SQLite file that keeps its promises under kill, freeze and stop, but for the one fault that it is asked for.
 * JavaScript, because the processes of a trial import it.
 */

const FAULTS = [
  'none',
  'ackfirst', // deletes a job when it is claimed
  'acceptsfirst', // says accepted, and writes a little later
  'neverlapses', // a claim is for ever
  'putsback', // a worker that overslept its lease enqueues again what it had in its hands
  'late', // a claim is for longer than it says
  'zombie', // whoever ends a job may end it, whether it still holds it or not
  'losesonstop', // what it had claimed and not begun is gone when it stops
  'repeatsonrestart', // believes that it is alone, and takes all claims for left over
  'hangs', // waits for ever for a lock that is taken
  'acceptsfewfirst', // does so with three jobs at a time at most
  'swallowsfull', // says accepted when there was no room
  'hangsfull', // never answers when there was no room
  'failsfull', // cannot even connect then
  'diesfull', // its worker ends then
  'staysfull', // believes for ever that there is no room, once there was none
  'losesriders', // forgets one of several jobs that a session enqueues at once while it works
  'acceptsriders', // says accepted of those, when it could not write them
  'refusesriders', // refuses them
  'hangsriders', // never answers them
  'mute', // keeps its promises, and does not tell what it holds
  'unflushed', // says that a loss of power does no harm, and never flushes
  'flushesafter', // flushes what it has written when it has answered
  'flushesunawaited', // asks for the flush before it answers, and does not wait for it
  'flushesother', // flushes an empty file
  'flushesburstslate', // of calls that come at once it answers all but the first before it writes them
  'flushesbulklate', // answers a bulk call before it writes it
  'expires', // believes its own clock, and throws away what seems to have waited for half an hour
  'evicts', // would use any store
];

const LEASE_MS = 400;
const AHEAD = 3;
/** A file tells nobody that something was written: whoever waits for jobs, or for the lock, has to look again. */
const LOOK_MS = 3;
const options = z.object({
  fault: z.enum(FAULTS).default('none'),
  loses: z.coerce.number().default(0).describe('each so-manieth job of a session is lost, besides; 0 = none'),
  busyTimeout: z.coerce.number().default(4000).describe('how many ms a lock that another holds is waited for'),
});

/** @param defaults options of an adapter that has its fault built in */
export function sharedFault(defaults = {}) {
  const { fault } = options.parse(defaults);
  const { delivery = 'at-least-once' } = defaults;
  const traits = {
    topology: 'shared',
    executes: 'loop',
    delivery,
    durability: fault.includes('flush') ? 'power-loss' : 'process-crash',
    schedules: true,
    priorities: false,
    retries: true,
    unique: false,
    bulk: fault === 'flushesbulklate',
    recoveryMs: LEASE_MS + 300,
    claimsAhead: AHEAD,
    ...(fault !== 'evicts' && { store: 'sqlite-file' }),
  };
  return {
    summary: 'a queue in an SQLite file with a fault',
    traits,
    options,
    async create(_, scratch) {
      const sqliteFile = join(scratch.dir, 'queue.sqlite3');
      const db = new Driver(sqliteFile);
      db.pragma('journal_mode = WAL');
      db.exec(
        'CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, visible_at REAL, claims INTEGER, tries INTEGER, value TEXT)',
      );
      db.close();
      return { sqliteFile };
    },
    connect: async (address, { busyTimeout, loses }) => open(address, { fault, busyTimeout, delivery, loses }),
    harms: (address) => ({
      async fill() {
        const db = new Driver(address.sqliteFile);
        const pages = db.pragma('page_count', { simple: true });
        db.close();
        return { address: { ...address, mostPages: pages + 10 }, heal: async () => undefined };
      },
      spoil: async () => (fault === 'evicts' ? undefined : { reason: 'it evicts', remedy: 'use another' }),
    }),
  };
}

function open({ sqliteFile, mostPages }, { fault, busyTimeout, delivery, loses }) {
  if (fault === 'failsfull' && mostPages !== undefined) throw new Error('the table could not be looked at');
  const db = new Driver(sqliteFile, { timeout: 0 });
  db.pragma('synchronous = off');
  if (mostPages !== undefined) db.pragma(`max_page_count = ${mostPages}`);
  const insert = db.prepare('INSERT INTO job (visible_at, claims, tries, value) VALUES (?, 0, 0, ?)');
  const due = db.prepare('SELECT * FROM job WHERE visible_at <= ? ORDER BY visible_at, id LIMIT ?');
  const claim = db.prepare('UPDATE job SET visible_at = ?, claims = claims + 1 WHERE id = ?');
  const remove = db.prepare('DELETE FROM job WHERE id = ?');
  const ack = db.prepare('DELETE FROM job WHERE id = ? AND claims = ?');
  const again = db.prepare('UPDATE job SET visible_at = ?, tries = tries + 1 WHERE id = ? AND claims = ?');
  const renew = db.prepare('UPDATE job SET visible_at = ? WHERE id = ? AND claims = ?');
  const count = db.prepare('SELECT count(*) AS n FROM job');

  let later = 0;
  let refusal;
  let working = false;
  let riders = 0;
  const unwritten = [];
  const pages = (which) => db.pragma(which, { simple: true });
  let taken = 0;

  /** Waits for the lock without holding up the event loop. */
  async function write(act) {
    const deadline = Date.now() + busyTimeout;
    for (;;) {
      try {
        return act();
      } catch (error) {
        if (!String(error.code).startsWith('SQLITE_BUSY')) throw error;
        if (fault === 'hangs' && act.waits === 'for ever') return new Promise(() => undefined);
        if (Date.now() > deadline) throw error;
        await sleep(LOOK_MS);
      }
    }
  }
  function flush(file) {
    const fd = openSync(file, 'a');
    if (fault === 'flushesunawaited') return fsync(fd, () => closeSync(fd));
    const now = () => {
      fsyncSync(fd);
      closeSync(fd);
    };
    if (fault === 'flushesafter') setImmediate(now);
    else now();
  }
  function afterwards(act) {
    unwritten.push(new Promise((resolve) => setImmediate(resolve)).then(act));
  }
  async function commit(at, value) {
    await write(Object.assign(() => insert.run(at, value), { waits: 'for ever' }));
    if (fault.startsWith('flushes')) flush(`${sqliteFile}${fault === 'flushesother' ? '.empty' : '-wal'}`);
  }
  async function put(job, at) {
    if (job.priority !== undefined || job.key !== undefined) {
      throw Object.assign(new Error('not supported'), { code: 'UNSUPPORTED' });
    }
    if (loses > 0 && ++taken % loses === 0) return;
    if (refusal !== undefined) throw refusal;
    if (riders++ === 0) setImmediate(() => (riders = 0));
    if (fault === 'losesriders' && working && riders === 2) return;
    if (fault === 'refusesriders' && working) throw new Error('it is busy');
    if (fault === 'hangsriders' && working) return new Promise(() => undefined);
    const value = JSON.stringify(job);
    if (fault === 'flushesburstslate' && riders > 1) return afterwards(() => commit(at, value));
    if (fault === 'acceptsfewfirst' && later < 3) {
      later++;
      return void setTimeout(() => write(() => insert.run(at, value)).finally(() => later--), 60);
    }
    if (fault === 'acceptsfirst') return void setTimeout(() => write(() => insert.run(at, value)), 60);
    try {
      await commit(at, value);
    } catch (error) {
      if (fault === 'staysfull') refusal = error;
      if (fault === 'hangsfull') return new Promise(() => undefined);
      if (fault === 'acceptsriders' && working) return;
      if (fault !== 'swallowsfull') throw error;
    }
  }

  async function run(runner) {
    const { signal, concurrency, settled, handle } = runner;
    const held = new Map();
    const buffer = [];
    const executing = new Set();
    if (fault === 'repeatsonrestart') await write(() => db.exec('UPDATE job SET visible_at = 0 WHERE claims > 0'));
    const leaseMs = fault === 'neverlapses' ? 1e12 : fault === 'late' ? 6 * LEASE_MS : LEASE_MS;
    const take = db.transaction((limit) => {
      const now = Date.now();
      if (fault === 'expires') db.prepare('DELETE FROM job WHERE visible_at < ?').run(now - 1_800_000);
      const rows = due.all(now, limit);
      for (const { id } of rows) {
        if (fault === 'ackfirst' || delivery === 'at-most-once') remove.run(id);
        else claim.run(now + leaseMs, id);
      }
      return rows.map((row) => ({ ...row, claims: row.claims + 1 }));
    });
    function begin(row) {
      const execution = execute(row).finally(() => executing.delete(execution));
      executing.add(execution);
    }
    async function execute(row) {
      held.set(row.id, row);
      const job = JSON.parse(row.value);
      let outcome = 'completed';
      try {
        await handle(job, row.tries + 1);
      } catch {
        outcome = row.tries + 1 < (job.attempts ?? 1) ? 'retrying' : 'failed';
      }
      held.delete(row.id);
      await tell(row, outcome);
      settled(job.index, outcome);
    }
    async function tell(row, outcome) {
      for (;;) {
        try {
          return await write(() => {
            if (outcome === 'retrying') again.run(Date.now() + 10, row.id, row.claims);
            else if (fault === 'zombie') remove.run(row.id);
            else ack.run(row.id, row.claims);
          });
        } catch (error) {
          if (!String(error.code).startsWith('SQLITE_BUSY')) throw error;
        }
      }
    }
    let beat = Date.now();
    working = true;
    const heart = setInterval(() => {
      const overslept = Date.now() - beat > leaseMs;
      beat = Date.now();
      if (overslept && fault === 'putsback') {
        for (const { value } of [...held.values(), ...buffer])
          write(() => insert.run(beat, value)).catch(() => undefined);
      }
      const until = beat + leaseMs;
      for (const { id, claims } of [...held.values(), ...buffer]) {
        write(() => renew.run(until, id, claims)).catch(() => undefined); // the next beat tries again
      }
    }, leaseMs / 4);
    while (!signal.aborted) {
      if (fault === 'diesfull' && pages('page_count') - pages('freelist_count') > mostPages - 3)
        throw new Error('the worker found no room');
      while (executing.size < concurrency && buffer.length > 0) begin(buffer.shift());
      const room = concurrency - executing.size + AHEAD - buffer.length;
      if (room > 0) buffer.push(...(await write(() => take.immediate(room)).catch(() => [])));
      await sleep(LOOK_MS);
    }
    for (const { id, claims } of buffer) {
      await write(() => (fault === 'losesonstop' ? remove.run(id) : renew.run(0, id, claims)));
    }
    await Promise.all(executing);
    clearInterval(heart);
    working = false;
  }

  return {
    enqueue: (job) => put(job, Date.now()),
    enqueueAt: (job, at) => put(job, Math.ceil(at)),
    async enqueueMany(jobs) {
      afterwards(() => Promise.all(jobs.map((job) => put(job, Date.now()))));
    },
    run,
    ...(fault !== 'mute' && { depth: async () => count.get().n }),
    async close() {
      await Promise.all(unwritten);
      if (db.open) db.close();
    },
  };
}

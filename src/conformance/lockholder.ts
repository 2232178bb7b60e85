import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../core/errors.js';

/**
 * The other program that holds the lock of a store: fork this file and send a `Holding`. It tells when the lock is its own, or why it
 * cannot be. From the next message on, whatever that says, it holds the lock for so long; then it lets go and ends. It ends at once
 * when its parent is gone.
 */
export interface Holding {
  readonly file: string;
  readonly forMs: number;
}

/** Without a reason: the lock is held. */
export interface Held {
  readonly refused?: string;
}

const WAIT_MS = 5_000;

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', (holding: Holding) => void hold(holding));

async function hold({ file, forMs }: Holding): Promise<void> {
  try {
    const { default: Driver } = await import('better-sqlite3');
    const db = new Driver(file, { timeout: WAIT_MS });
    db.exec('BEGIN IMMEDIATE');
    const begun = once(process, 'message');
    tell({});
    await begun;
    await sleep(forMs);
    db.exec('ROLLBACK');
    db.close();
    process.disconnect?.();
  } catch (error) {
    tell({ refused: describeError(error) });
  }
}

function tell(held: Held): void {
  process.send?.(held);
}

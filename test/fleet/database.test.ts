import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/fleet/database.js';

const spec = { connections: 10, perMachine: 5, timeoutMs: 1000, webHoldsMs: 100 };

function until(database: ReturnType<typeof openDatabase>, at: number): void {
  for (let next = database.nextAt(); next <= at; next = database.nextAt()) database.advance(next);
}

describe('a database that machines and web requests share', () => {
  it('refuses the machine that finds too few connections, and counts it', () => {
    const database = openDatabase({ ...spec, webAtMs: Float64Array.of() });
    expect([1, 2, 3, 1].map((machine) => database.connect(machine, 0))).toEqual([true, true, false, true]);
    database.disconnect(2, 5);
    expect(database.connect(3, 5)).toBe(true);
    expect([database.peak, database.refusedMachines]).toEqual([10, 1]);
  });

  it('serves web requests in their order when a machine lets go, and refuses those that waited too long', () => {
    const database = openDatabase({ ...spec, webAtMs: Float64Array.of(0, 500, 2000) });
    database.connect(1, 0);
    database.connect(2, 0);
    until(database, 1200);
    database.disconnect(1, 1200); // the first gave up at 1000, the second still waits
    until(database, 3000);
    const { due, finished, ok } = database.requests(3000);
    expect([...due]).toEqual([0, 500, 2000]);
    expect([...finished]).toEqual([1000, 1300, 2100]);
    expect([...ok]).toEqual([0, 1, 1]);
  });
});

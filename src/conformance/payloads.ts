import { readFileSync } from 'node:fs';
import { LOGS, listLogs } from '../work/logs.js';
import { digestOf, parseCarried } from '../work/payloadlog.js';
import type { Case } from './case.js';
import { jobOf, withQueue } from './direct.js';

const MB = 1_000_000;

/** What has broken queues before. Each is sent alone, and in a batch where there are batches. */
const KINDS: Readonly<Record<string, () => string>> = {
  empty: () => '',
  'U+0000': () => 'before\u0000after\u0000',
  'lone surrogates': () => '\ud800 \udc00 \udfff\udbff',
  'every code point': () => everyCodePoint(),
  'a byte order mark': () => '\ufeffx',
  'line ends': () => '\r\n\n\r\u2028\u2029\u0085',
  quotes: () => '"\'\\`$\\u0000%00&amp;',
  'a key __proto__': () => '{"__proto__":{"polluted":true},"constructor":{"prototype":null}}',
  '64 KiB and one': () => 'y'.repeat(2 ** 16 + 1),
  '1 MB': () => 'x'.repeat(MB),
  '1 MB of two and four bytes a character': () => 'é😀'.repeat(MB / 6),
};

/** The handler notes a hash of what it was given: the adapter is not asked. */
export const payloads: Case = {
  name: 'payloads arrive as they were sent, whatever is in them',
  waits: 'for machines',
  applies: () => true,
  run: (context) =>
    withQueue(
      context,
      async (direct) => {
        const { producer, worker } = direct;
        const { bulk, maxPayloadBytes = Number.POSITIVE_INFINITY } = context.traits;
        const kinds = Object.entries(KINDS)
          .map(([kind, make]) => ({ kind, payload: make() }))
          .filter(({ payload }) => Buffer.byteLength(payload) <= maxPayloadBytes);
        const sent = bulk ? [...kinds, ...kinds] : kinds;
        const jobs = sent.map(({ payload }, index) => ({ ...jobOf(index, { kind: 'noop' }), payload }));
        for (const job of jobs.slice(0, kinds.length)) await producer.enqueue(job);
        if (bulk) await producer.enqueueMany?.(jobs.slice(kinds.length));
        const running = direct.start(2);
        await direct.until(() => direct.settled >= jobs.length, `${jobs.length} jobs to settle`);
        await running.stop();
        await worker.close(); // then its threads and processes have written all
        await direct.close();
        const carried = listLogs(direct.scratchDir, LOGS.payloads).flatMap((path) =>
          parseCarried(readFileSync(path, 'utf8')),
        );
        const arrived = new Map(carried.map((one) => [one.index, one]));
        const lost = jobs.filter(({ index }) => !arrived.has(index)).length;
        const changed = sent.filter(({ payload }, at) => (arrived.get(at)?.digest ?? '') !== digestOf(payload));
        const elsewhere = carried.filter(({ queue }) => queue !== 'default').length;
        const named = [...new Set(changed.map(({ kind }) => kind))].join(', ');
        return {
          violations: [
            ...(changed.length > lost ? [`changed ${changed.length - lost} of ${jobs.length} payloads: ${named}`] : []),
            ...(elsewhere > 0 ? [`gave ${elsewhere} of ${jobs.length} jobs the name of another queue`] : []),
          ],
          miscounts: lost > 0 ? [{ kind: 'lost' as const, said: `lost ${lost} of ${jobs.length} jobs` }] : [],
          facts: [`${jobs.length - changed.length} of ${jobs.length} payloads of ${kinds.length} kinds unchanged`],
        };
      },
      { payloads: 'digest' },
    ),
};

/** In order, surrogates included, which makes most of them lone ones. */
function everyCodePoint(): string {
  const parts: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) parts.push(String.fromCodePoint(code));
  return parts.join('');
}

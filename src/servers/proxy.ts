import { connect, createServer, type Socket } from 'node:net';
import { codeOf } from '../core/errors.js';

/**
 * What a proxy does to what passes. pass: nothing. reset: connections are cut, and new ones too. blackhole: connections
 * stay, and nothing arrives. latency: each piece arrives 50 ms later. drip: a few bytes at a time.
 */
const WEATHER = ['pass', 'reset', 'blackhole', 'latency', 'drip'] as const;
export type Weather = (typeof WEATHER)[number];

export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  become(weather: Weather): void;
}

const LATENCY_MS = 50;
const DRIP_BYTES = 64;
const DRIP_MS = 2;

/** A TCP proxy on this machine that leads to a unix socket, and can be told to behave badly. */
export async function startProxy(target: string): Promise<TcpProxy> {
  let weather: Weather = 'pass';
  const links = new Set<Link>();
  const server = createServer((client) => {
    if (weather === 'reset') return void client.resetAndDestroy();
    const link = join(client, connect(target), () => weather);
    links.add(link);
    client.once('close', () => links.delete(link));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    port: address.port,
    become(next) {
      weather = next;
      for (const link of links) {
        if (next === 'reset') link.reset();
        else link.look();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const link of links) link.reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Link {
  reset(): void;
  /** The weather may have changed: what was held back may go on. */
  look(): void;
}

function join(client: Socket, server: Socket, weather: () => Weather): Link {
  const ways = [way(client, server, weather), way(server, client, weather)];
  const reset = () => {
    client.resetAndDestroy();
    server.destroy();
  };
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on('error', (error) => {
      if (codeOf(error) !== undefined) to.destroy(); // whatever broke one side ends the other: that is all a proxy knows
    });
    from.on('close', () => to.destroy());
  }
  const look = () => {
    for (const one of ways) one();
  };
  return { reset, look };
}

/** Passes on what arrives, in order, as the weather has it. @returns what to call when the weather has changed */
function way(from: Socket, to: Socket, weather: () => Weather): () => void {
  let waiting = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  function move(): void {
    timer = undefined;
    if (waiting.length === 0 || weather() === 'blackhole' || to.destroyed) return;
    const size = weather() === 'drip' ? DRIP_BYTES : waiting.length;
    to.write(waiting.subarray(0, size));
    waiting = waiting.subarray(size);
    look();
  }
  function look(): void {
    if (timer !== undefined || waiting.length === 0) return;
    const delay = { pass: 0, reset: 0, blackhole: undefined, latency: LATENCY_MS, drip: DRIP_MS }[weather()];
    if (delay === 0) move();
    else if (delay !== undefined) timer = setTimeout(move, delay);
  }
  from.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    look();
  });
  return look;
}

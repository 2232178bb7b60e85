import { fork } from 'node:child_process';
import type { HostSpec } from '../core/host.js';
import type { Answer, Order, ProcessStart } from './processhost.js';

/** How long a process gets to write its event log and exit after `close`, before it is killed without one. */
const EXIT_MS = 5000;

/** One process that executes jobs, seen from its parent. */
export interface HostProcess {
  readonly pid: number | undefined;
  readonly state: 'starting' | 'ready' | 'gone';
  send(orders: readonly Order[]): void;
  /** Writes its event log, exits; what it was running is given up. Resolves when it is gone, after a while by force. */
  close(): Promise<void>;
}

export interface HostProcessEvents {
  ready(): void;
  ended(ticket: number, ok: boolean): void;
  /** It is gone although nobody asked it to. @param detail how, and the last it wrote to stderr */
  gone(was: HostProcess['state'], detail: string): void;
}

/** Log names must differ between all processes of a parent, whichever session they belong to. */
let serial = 0;

/** Forks a process that executes jobs. It takes about 60 ms of processor time until it is ready. */
export function startProcess(spec: HostSpec, events: HostProcessEvents): HostProcess {
  const start: ProcessStart = { spec, name: `process${++serial}` };
  const child = fork(new URL('./processhost.js', import.meta.url), [JSON.stringify(start)], {
    execArgv: [], // a debugger's or loader's flags are meant for the parent
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let state: HostProcess['state'] = 'starting';
  let closing: Promise<void> | undefined;
  let stderr = '';
  let gone: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    gone = resolve;
  });
  function end(how: string): void {
    if (state === 'gone') return;
    const was = state;
    state = 'gone';
    gone();
    if (closing === undefined) events.gone(was, [how, stderr.trim()].filter(Boolean).join(': '));
  }

  child.on('message', (message: 'ready' | readonly Answer[]) => {
    if (message !== 'ready') for (const [ticket, ok] of message) events.ended(ticket, ok);
    else if (state === 'starting' && closing === undefined) {
      state = 'ready';
      events.ready();
    }
  });
  child.stderr?.on('data', (text: Buffer) => {
    stderr = (stderr + text.toString()).slice(-2000);
  });
  // 'close', not 'exit': by then every answer that it sent has been read.
  child.on('close', (code, signal) => end(signal ? `killed by ${signal}` : `exited with code ${code}`));
  child.on('error', (error) => {
    if (child.pid === undefined) end(error.message); // otherwise a message found no reader, and 'close' follows
  });

  return {
    get pid() {
      return child.pid;
    },
    get state() {
      return state;
    },
    send(orders) {
      if (child.connected) child.send(orders);
    },
    close() {
      closing ??= shut();
      return closing;
    },
  };

  async function shut(): Promise<void> {
    if (state === 'gone') return;
    if (child.connected) child.send('close');
    const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
    await over;
    clearTimeout(timer);
  }
}

import { quickBut } from './adapters.js';

/** The password that is given to it. */
export const CANARY = 'canary-p%ss/w@rd';
/** Any part of any password that shows is too much. */
export const SHOWN = /canary/i;

/** Where it may fail. */
export type Where = 'create' | 'connect' | 'enqueue' | 'run' | 'effective' | 'depth' | 'close' | 'destroy';

const ZOD = import.meta.resolve('zod');

/**
 * An adapter from outside, as a text, that knows its password, one inside its address, and others that its server tells
 * of itself; and that says them wherever it can, as clients do: in what it returns, and in errors where it fails.
 */
export function leaky(...where: readonly Where[]): string {
  // What is in the address alone nobody can know before there is one.
  const failure = (place: Where) => {
    const more = place === 'create' ? '' : "+ ' or ' + a.url + ', key ' + key(a)";
    return `'cannot log in as me:' + o.password + ' (redis://me:' + encodeURIComponent(o.password) + '@db/0)' ${more}`;
  };
  const error = (place: Where) =>
    `Object.assign(new Error(${failure(place)}), { code: 'EAUTH', cause: new Error(${failure(place)}) })`;
  const at = (place: Where) => (where.includes(place) ? `throw ${error(place)};` : '');
  const says = (place: Where) =>
    `console.log('log in ${place}', ${failure(place)});
    console.error('error in ${place}', ${failure(place)});
    process.emitWarning('warning in ${place} ' + ${failure(place)});`;
  return `import { z } from '${ZOD}';
const ADDRESS = { url: 'redis://me:canary-in-address@db/0', dsn: 'host=db password=canary-in-dsn', hint: '' };
/** What only the address tells. */
const key = (a) => a.dsn.split('password=')[1];
const effective = {
  url: 'redis://me:canary-in-effective@db/0', api_token: 'canary-token', login: '', said: 'key canary-in-dsn',
  query: 'nats://db?token=canary-in-query&x=1', port: 6379,
};
${quickBut('create: async () => ({})', `OPTIONS create: async (o) => { const a = ADDRESS; ${says('create')} ${at('create')} return { ...a, hint: o.password }; }`)}`
    .replace('OPTIONS', 'options: z.object({ password: z.string().max(30) }),\n  NOTES')
    .replace('NOTES', "notes: (o) => ['logs in with ' + o.password + ' at ' + ADDRESS.url],\n  DESTROY")
    .replace('DESTROY', `destroy: async (a) => { const o = { password: a.hint }; ${at('destroy')} },\n `)
    .replace('async connect() {', `async connect(a, o) { ${says('connect')} ${at('connect')}`)
    .replace('async enqueue(job) {', `async enqueue(job) { ${at('enqueue')}`)
    .replace('async run({ concurrency, signal, handle, settled }) {', (run) => `${run} ${at('run')}`)
    .replace('depth: async () => waiting.length', `depth: async () => { ${at('depth')} return waiting.length; }`)
    .replace(
      'close: async () => {}',
      `effective: async () => { ${at('effective')} return { ...effective, login: o.password }; },
      close: async () => { ${at('close')} }`,
    );
}

/** In how many places it fails, to be sure that a text is where it should be. */
export function failuresIn(text: string): number {
  return text.split('throw Object').length - 1;
}

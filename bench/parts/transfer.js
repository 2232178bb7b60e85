import { startChild } from '../../scripts/bench/children.js';
import { family } from '../lib/family.js';

const KB = 1024;
const SIZES = {
  '1 kB': KB,
  '10 kB': 10 * KB,
  '100 kB': 100 * KB,
  '1 MB': KB ** 2,
  '4 MB': 4 * KB ** 2,
  '16 MB': 16 * KB ** 2,
};
/** V8 keeps a text of Latin letters in one byte a character, and any other in two; sizes are those of UTF-8. */
const TEXTS = { 'of ASCII': 'x', 'of other characters': 'ж' };
const AMOUNT = { warm: 3, least: 5, forMs: 150 };
/** Enough for an interval: a round takes seconds. */
const ROUNDS = 3;

const us = { unit: 'µs', better: 'lower' };
const cells = Object.entries(TEXTS).flatMap(([text, character]) =>
  Object.entries(SIZES).map(([size, bytes]) => ({ key: `${size} ${text}`, character, bytes })),
);

/** A payload to a thread and its size back, one at a time: copied as a string, or moved as bytes that it becomes and is made of. */
export async function transfer({ rounds, ...context }) {
  const contender = (name, way, settings) => ({
    name,
    way,
    settings,
    kind: 'bare',
    package: 'node',
    delivery: 'none',
    durability: 'none',
  });
  const contenders = [
    contender('copied', 'copied', 'postMessage of the string'),
    contender('moved as UTF-8', 'utf8', 'encoded, its ArrayBuffer transferred, decoded'),
    contender('moved as UTF-16', 'utf16', 'encoded, its ArrayBuffer transferred, decoded'),
    { ...contender('bytes, moved', 'bytes', 'an ArrayBuffer transferred there and back'), kind: 'limit' },
  ];
  const measure = async ({ way }) => {
    const loop = startChild(
      new URL('../transfer/loop.js', import.meta.url),
      { way },
      `the thread that is sent payloads (${way})`,
    );
    try {
      const seen = {};
      for (const { key, ...payload } of cells) seen[key] = await loop.ask('run', { ...payload, ...AMOUNT });
      return seen;
    } finally {
      await loop.end();
    }
  };
  const modes = Object.fromEntries(cells.map(({ key }) => [key, { label: key, ...us }]));
  const title = 'A payload to a thread, and its size back';
  const found = await family(
    { key: 'transfer', title, modes, contenders, measure },
    { ...context, rounds: ROUNDS * rounds },
  );
  return { ...found, rounds: ROUNDS * rounds };
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of figures, `{ families: { name: found } }`, that keeps what it has of other parts. Throws where it is there and cannot be read. */
export function figureFile(path) {
  const families = () => {
    try {
      return JSON.parse(readFileSync(path, 'utf8')).families;
    } catch (error) {
      if (error.code === 'ENOENT') return {};
      throw new Error(`${path} cannot be read; remove it or name another: ${error.message}`, { cause: error });
    }
  };
  families();
  mkdirSync(dirname(path), { recursive: true });
  return {
    has: (name) => families()[name] !== undefined,
    /** Never half written, whatever ends this process meanwhile. */
    keep(name, found) {
      const text = `${JSON.stringify({ families: { ...families(), [name]: found } }, null, 1)}\n`;
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    },
  };
}

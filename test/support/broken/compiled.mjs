import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An adapter of the compiled program, whichever build is tested, to be broken. */
export async function compiled(path) {
  const module = resolve(root, process.env.JOBBENCH_DIST ?? 'dist', path);
  return (await import(pathToFileURL(module).href)).default;
}

#!/usr/bin/env node
// Old Node versions must be told so by a sentence, not by a syntax error: nothing is imported before this.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/cli/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`jobbench: needs Node 20.19 or newer, this is ${process.version}\n`);
  process.exitCode = 3;
} else if (!existsSync(program)) {
  process.stderr.write('jobbench: not built yet; run `npm run build` in the folder of jobbench\n');
  process.exitCode = 3;
} else {
  const { main } = await import(program.href);
  const { guardExit, processIo } = await import(new URL('./io.js', program).href);
  const done = guardExit(() => {
    process.exitCode = 1;
  });
  process.exitCode = await main(process.argv.slice(2), processIo());
  done();
  // An adapter that left a connection open must not keep a finished command alive.
  setTimeout(() => process.exit(), 3000).unref();
}

import { cpSync } from 'node:fs';

// Scripts and styles that a report carries into the browser are no TypeScript: they stand beside the compiled code as they are.
const folder = 'report/html/client';
cpSync(new URL(`../src/${folder}`, import.meta.url), new URL(`../dist/${folder}`, import.meta.url), {
  recursive: true,
});

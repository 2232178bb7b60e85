import { rmSync } from 'node:fs';

// Files of adapters and scenarios that are gone must not stay in dist/, because the folder is the registry.
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });

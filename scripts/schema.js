// Writes results/schema.v1.json from the compiled zod source: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { resultJsonSchema } from '../dist/store/schema.js';

const path = new URL('../results/schema.v1.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);

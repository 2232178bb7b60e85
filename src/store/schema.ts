import { z } from 'zod';
import { ResultSchema } from '../core/result.js';

/** The JSON Schema of a result file, from the zod source. Unknown fields stay allowed: files may gain some. */
export function resultJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ResultSchema, { io: 'input', target: 'draft-2020-12' });
  return {
    ...schema,
    title: 'jobbench result file, version 1',
    description: 'Generated from src/core/result.ts by `npm run schema`. Each field is explained in results/README.md.',
  };
}

import type { z } from 'zod';
import type { ReadText } from '../core/distribution.js';
import { presetFields } from './presets.js';

/**
 * The same schema, which fills what is not given from the preset that is: so what a preset says is validated like
 * anything else, and the options that are kept are the ones in force.
 */
export function withPresets<S extends z.ZodObject>(schema: S, read: ReadText): S {
  const known = Object.keys(schema.shape);
  function filled(given: unknown): { given: unknown; refused?: unknown } {
    const preset = (given as { preset?: unknown } | undefined)?.preset;
    if (typeof preset !== 'string') return { given };
    try {
      // An object: it has a preset.
      return { given: { ...presetFields(preset, read, known), ...(given as object) } };
    } catch (refused) {
      return { given, refused };
    }
  }
  const checking = schema.superRefine((value, context) => {
    const { refused } = filled(value);
    if (refused instanceof Error) context.addIssue({ code: 'custom', path: ['preset'], message: refused.message });
  });
  const filling: Pick<S, 'parse' | 'safeParse'> = {
    parse: (given, context) => checking.parse(filled(given).given, context),
    safeParse: (given, context) => checking.safeParse(filled(given).given, context),
  };
  // Everything else of the schema is as it was: its shape, its descriptions.
  return Object.assign(Object.create(checking), filling) as S;
}

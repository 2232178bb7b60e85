import { z } from 'zod';
import { PromisesSchema } from './promises.js';

/*
 * What `verify --json` prints, whatever becomes of it: the proofs as promises.json has them, and what went wrong, so that a
 * program has to look in one place only. The schema is the source of the types.
 */

/** complete: every adapter that can run here was tried. aborted: stopped by a signal. failed: by an error. */
const VERIFICATION_STATUS = ['complete', 'aborted', 'failed'] as const;

const FailureSchema = z.looseObject({
  adapter: z.string().describe('its label'),
  case: z.string().describe('the promise, as in `findings[].name`'),
  code: z.string().describe('VIOLATED, or the code of what was thrown on the way, such as TIMEOUT'),
  violations: z.array(z.string()),
});

const UntriedSchema = z.looseObject({
  adapter: z.string().describe('its label'),
  code: z.string().describe('ENVIRONMENT: it cannot run here; ABORTED, or the code of the error that came before it'),
  reason: z.string(),
  remedy: z.string().optional(),
});
/** An adapter of which nothing is known, and why. */
export type Untried = z.infer<typeof UntriedSchema>;

export const VerificationSchema = PromisesSchema.extend({
  status: z.enum(VERIFICATION_STATUS),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional().describe('what ended it before its time'),
  failures: z.array(FailureSchema).describe('each violated promise of each adapter'),
  untried: z.array(UntriedSchema),
});
export type Verification = z.infer<typeof VerificationSchema>;

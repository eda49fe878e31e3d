/** Schemas of payload fields that several jobs have: an instant, a quarter. */

import { z } from 'zod';
import { isQuarterName } from '../calendar/quarter.ts';
import { parseInstant } from '../domain/period.ts';

/** Schema of an instant in payloads: ISO 8601, UTC if it has no offset. */
export const instantSchema = z.string().transform((text, check) => {
  const instantMs = parseInstant(text);
  if (instantMs !== undefined) return instantMs;
  check.addIssue({
    code: 'custom',
    message: `Invalid date "${text}": write it like 2026-07-01 or 2026-07-01T00:00:00Z`,
  });
  return z.NEVER;
});

/** Schema of a quarter in payloads; an invalid one is rejected before the job is queued. */
export const quarterSchema = z.string().refine(isQuarterName, {
  error: ({ input }) => `Invalid quarter "${String(input)}": write it like 2026-Q3, or "last"`,
});

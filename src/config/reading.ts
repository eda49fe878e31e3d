/** Parses a value of the tree with a schema and returns faults instead of throwing. */

import type { z } from 'zod';
import type { ConfigFault } from './fault.ts';
import { toConfigFaults, type ParseSubject } from './issues.ts';
import { findNonMaps } from './notMaps.ts';

/** Parses a value of the tree; the faults have their positions in the file. */
export function parseWithSchema<T>(
  schema: z.ZodType<T>,
  subject: ParseSubject,
): { value: T } | { faults: ConfigFault[] } {
  const parsed = schema.safeParse(subject.value, { error: knownKeys });
  if (parsed.success) return { value: parsed.data };
  const { faults, others } = findNonMaps(parsed.error.issues, subject);
  const { path, tree } = subject;
  return { faults: [...faults, ...others.flatMap((issue) => toConfigFaults(issue, path, tree))] };
}

/** Puts the allowed keys into the issue's message, because zod has them only at this point. */
const knownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const def = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(def?.shape ?? {}).join(' ');
};

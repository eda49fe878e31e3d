/** How a value of the tree is read by a schema, with faults in place of a throw. */

import type { z } from 'zod';
import type { Fault } from './fault.ts';
import { faultsOf, type Subject } from './issues.ts';
import { notMaps } from './notMaps.ts';

/** Reads a value that stands at `path` of the tree by a schema; faults instead of a throw. */
export function readBy<T>(
  schema: z.ZodType<T>,
  subject: Subject,
): { value: T } | { faults: Fault[] } {
  const read = schema.safeParse(subject.value, { error: knownKeys });
  if (read.success) return { value: read.data };
  const { faults, others } = notMaps(read.error.issues, subject);
  const { path, tree } = subject;
  return { faults: [...faults, ...others.flatMap((issue) => faultsOf(issue, path, tree))] };
}

/**
 * The only moment at which the keys a map knows are at hand; they travel as the issue's message.
 */
const knownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const def = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def;
  return Object.keys(def?.shape ?? {}).join(' ');
};

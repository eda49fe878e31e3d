/** A list read record by record: a bad one is a reject, and the rest go in. */

import type { z } from 'zod';
import { counted } from '../domain/counted.ts';
import type { Located } from '../domain/provenance.ts';
import type { Reject } from '../domain/reject.ts';
import { excerptOf, faultOf } from '../platform/wire.ts';

/** Whose records these are, and when they were seen. */
export interface Seen {
  readonly sourceId: string;
  readonly seenAtMs: number;
}

/** The facts made of the records that fit the schema, and the others with what was wrong. */
export function readRecords<T, Fact>(
  records: Iterable<unknown>,
  schema: z.ZodType<T>,
  factOf: (item: T) => Fact,
): { facts: Located<Fact>[]; rejects: Reject[]; warnings: string[] } {
  const facts: Located<Fact>[] = [];
  const rejects: Reject[] = [];
  let position = 0;
  for (const record of records) {
    const read = schema.safeParse(record);
    if (read.success) facts.push({ position, fact: factOf(read.data) });
    else if (rejects.length < REJECT_LIMIT) {
      rejects.push(rejectOf(position, record, faultOf(read.error)));
    }
    position += 1;
  }
  return { facts, rejects, warnings: rejectWarnings(position - facts.length) };
}

/** Rejects that are kept of one answer: one gone wrong has thousands, all alike. */
export const REJECT_LIMIT = 100;

/** Says so where there were more. */
export function rejectWarnings(rejected: number): string[] {
  if (rejected <= REJECT_LIMIT) return [];
  return [`${counted(rejected, 'record')} were rejected; the first ${REJECT_LIMIT} are kept`];
}

/** A record that could not be used, and why. */
export function rejectOf(position: number, record: unknown, reason: string): Reject {
  return { position, reason: `record ${position}: ${reason}`, excerpt: excerptOf(record) };
}

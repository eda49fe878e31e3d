/** Knows how a list is read record by record, so that a bad one is a reject and the rest go in. */

import type { z } from 'zod';
import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { excerptOf, faultOf } from '../../platform/wire.ts';

/** Whose records these are, and when they were seen. */
export interface Seen {
  readonly sourceId: string;
  readonly seenAtMs: number;
}

/** The facts made of the records that fit the schema, and the others with what was wrong. */
export function readRecords<T, Fact>(
  records: readonly unknown[],
  schema: z.ZodType<T>,
  factOf: (item: T) => Fact,
): { facts: Located<Fact>[]; rejects: Reject[] } {
  const facts: Located<Fact>[] = [];
  const rejects: Reject[] = [];
  for (const [position, record] of records.entries()) {
    const read = schema.safeParse(record);
    if (read.success) facts.push({ position, fact: factOf(read.data) });
    else rejects.push(rejectOf(position, record, faultOf(read.error)));
  }
  return { facts, rejects };
}

/** A record that could not be used, and why. */
export function rejectOf(position: number, record: unknown, reason: string): Reject {
  return { position, reason: `record ${position}: ${reason}`, excerpt: excerptOf(record) };
}

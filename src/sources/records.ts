/** A list read record by record: a bad one is a reject, and the rest go in. */

import type { z } from 'zod';
import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';
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
  const { rejected: _rejected, ...told } = readRows(records, (record) => {
    const read = schema.safeParse(record);
    return read.success ? [factOf(read.data)] : faultOf(read.error);
  });
  return told;
}

export interface Rows<Fact> {
  readonly facts: Located<Fact>[];
  readonly rejects: Reject[];
  /** Also those beyond the rejects that are kept. */
  readonly rejected: number;
  readonly warnings: string[];
}

/** The facts that each record makes, none or several, and the others with what was wrong. */
export function readRows<Fact>(
  records: Iterable<unknown>,
  read: (record: unknown, position: number) => readonly Fact[] | string,
): Rows<Fact> {
  const facts: Located<Fact>[] = [];
  const rejects: Reject[] = [];
  let [position, rejected] = [-1, 0];
  for (const record of records) {
    position += 1;
    const told = read(record, position);
    if (typeof told === 'string') {
      rejected += 1;
      if (rejects.length < REJECT_LIMIT) rejects.push(rejectOf(position, record, told));
    } else for (const fact of told) facts.push({ position, fact });
  }
  return { facts, rejects, rejected, warnings: rejectWarnings(rejected) };
}

/** Rejects that are kept of one answer: one gone wrong has thousands, all alike. */
export const REJECT_LIMIT = 100;

/** Says so where there were more. */
export function rejectWarnings(rejected: number): string[] {
  if (rejected <= REJECT_LIMIT) return [];
  return [`${counted(rejected, 'record')} were rejected; the first ${REJECT_LIMIT} are stored`];
}

/**
 * A list of something else has nothing that can be read.
 * @throws {Failure} `malformed` where all of several records were rejected.
 */
export function refuseOther(read: number, rejected: number, where: string): void {
  if (read > 0 || rejected === 0) return;
  throw new Failure('malformed', `${where} returned a list of something else`, { where });
}

/** A record that could not be used, and why. */
export function rejectOf(position: number, record: unknown, reason: string): Reject {
  return { position, reason: `record ${position}: ${reason}`, excerpt: excerptOf(record) };
}

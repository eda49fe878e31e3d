/** Reads a list record by record. A faulty record becomes a reject, and the rest are kept. */

import type { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { Located, Reject } from '../domain/provenance.ts';
import type { PullWarning } from '../domain/pullWarning.ts';
import { recordExcerpt, firstFaultText } from '../platform/responseSchemas.ts';

/** The source of the records and when they were observed. */
export interface ObservationContext {
  readonly sourceId: string;
  readonly seenAtMs: number;
}

/** The facts of all records that fit the schema, and the other records with their faults. */
export function readRecords<T, Fact>(
  records: Iterable<unknown>,
  schema: z.ZodType<T>,
  factOf: (item: T) => Fact,
): { facts: Located<Fact>[]; rejects: Reject[]; warnings: PullWarning[] } {
  const { rejected: _rejected, ...result } = readRows(records, (record) => {
    const read = schema.safeParse(record);
    return read.success ? [factOf(read.data)] : firstFaultText(read.error);
  });
  return result;
}

export interface ReadRows<Fact> {
  readonly facts: Located<Fact>[];
  readonly rejects: Reject[];
  /** The number of rejects, including those beyond the stored ones. */
  readonly rejected: number;
  readonly warnings: PullWarning[];
}

/**
 * The facts of each record, which may have none or several, and the other records with their
 * faults.
 */
export function readRows<Fact>(
  records: Iterable<unknown>,
  read: (record: unknown, position: number) => readonly Fact[] | string,
): ReadRows<Fact> {
  const facts: Located<Fact>[] = [];
  const rejects: Reject[] = [];
  let [position, rejected] = [-1, 0];
  for (const record of records) {
    position += 1;
    const result = read(record, position);
    if (typeof result === 'string') {
      rejected += 1;
      if (rejects.length < REJECT_LIMIT) rejects.push(toReject(position, record, result));
    } else for (const fact of result) facts.push({ position, fact });
  }
  return { facts, rejects, rejected, warnings: rejectWarnings(rejected) };
}

/** How many rejects of one answer are stored. A broken answer has thousands that are all alike. */
export const REJECT_LIMIT = 100;

/** The warning if there were more rejects than are stored. */
export function rejectWarnings(rejected: number): PullWarning[] {
  if (rejected <= REJECT_LIMIT) return [];
  return [{ code: 'records-rejected', records: rejected, stored: REJECT_LIMIT }];
}

/**
 * Checks that a list contains the expected records.
 * @throws {Failure} `malformed` if every record was rejected.
 */
export function requireSomeRead(read: number, rejected: number, where: string): void {
  if (read > 0 || rejected === 0) return;
  throw new Failure('malformed', `${where} returned a list of something else`, { where });
}

/** The total that a paged list states, and the records on its pages so far. */
export interface ListTotal {
  readonly total: number;
  readonly count: number;
}

/**
 * Checks a paged list against its stated total after each page.
 * @throws {Failure} `malformed` if it has more records than that, or ends with fewer.
 */
export function requireTotal(stated: ListTotal, isLast: boolean, where: string): void {
  const { total, count } = stated;
  if (isLast ? count !== total : count > total) throw wrongTotal(stated, where);
}

/** The failure of a list that differs from its stated total. */
export function wrongTotal({ total, count }: ListTotal, where: string): Failure {
  return new Failure('malformed', `${where} reports a total of ${total}, but listed ${count}`, {
    where,
    hint: 'pull again; nothing was withdrawn',
  });
}

/** The reject of a record that could not be used. */
export function toReject(position: number, record: unknown, reason: string): Reject {
  return { position, reason: `record ${position}: ${reason}`, excerpt: recordExcerpt(record) };
}

/** Page numbers and counts of Hyperstack's lists. */

import { Failure } from '../../domain/failure.ts';
import type { Query } from '../../platform/baseUrl.ts';

/** Requested page size; the API may return fewer. */
export const PAGE_SIZE = 100;

export function nextPage(query: Query): Query {
  return { ...query, page: String(Number(query['page']) + 1) };
}

interface Counted {
  readonly total: number;
  /** Items on all pages so far. */
  readonly count: number;
  readonly isLast: boolean;
}

/**
 * Throws if a list has more items than its stated total, or ends with fewer.
 * @throws {Failure} `malformed`
 */
export function checkCount({ isLast, ...counts }: Counted, where: string): void {
  const { total, count } = counts;
  if (isLast ? count !== total : count > total) throw wrongCount(counts, where);
}

export function wrongCount({ total, count }: Omit<Counted, 'isLast'>, where: string): Failure {
  return new Failure('malformed', `${where} reports a total of ${total}, but listed ${count}`, {
    where,
    hint: 'pull again; nothing was withdrawn',
  });
}

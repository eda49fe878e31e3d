/** How Hyperstack's lists go on by page number, and how they are counted. */

import { Failure } from '../../domain/failure.ts';
import type { Query } from '../../platform/baseUrl.ts';

/** The most that is asked for at once; the API may tell fewer. */
export const PAGE_SIZE = 100;

export function pageAfter(asked: Query): Query {
  return { ...asked, page: String(Number(asked['page']) + 1) };
}

interface Counted {
  readonly total: number;
  /** On all pages so far. */
  readonly count: number;
  readonly isLast: boolean;
}

/** A list that tells more than it counts, or ends before it has told them all. */
export function refuseCount({ isLast, ...told }: Counted, where: string): void {
  const { total, count } = told;
  if (isLast ? count !== total : count > total) throw otherCount(told, where);
}

export function otherCount({ total, count }: Omit<Counted, 'isLast'>, where: string): Failure {
  return new Failure('malformed', `${where} reports a total of ${total}, but listed ${count}`, {
    where,
    hint: 'pull again; nothing was withdrawn',
  });
}

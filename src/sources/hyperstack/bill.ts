/** Requests a Hyperstack organization's bill: each product family per day, then the day's total. */

import { isZero } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayText, type Period } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { shortText } from '../../platform/json.ts';
import {
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  question,
  splitWindow,
} from '../api.ts';
import {
  checkDayTotal,
  type BillDay,
  HYPERSTACK_FAMILIES,
  type HyperstackFamily,
  newBillDay,
  familyKeyPrefix,
  readSingleCluster,
  readHistory,
} from './history.ts';
import type { HyperstackPullState } from './inventory.ts';
import type { HyperstackOptions } from './options.ts';
import {
  checkCount,
  clusterAnswer,
  type History,
  hyperstackHistoryAnswer,
  nextPage,
  PAGE_SIZE,
  surveyAnswer,
  totalAnswer,
} from './wire.ts';

/** Requests each past day separately, because an amount covers the whole requested period. */
export function* hyperstackBillQuestions(
  pull: ApiPull<HyperstackOptions>,
  learned: HyperstackPullState,
): Generator<ApiQuestion | FailedQuestion> {
  const { id, nowMs, request } = pull;
  const all = splitWindow(request.window, { bucketMs: DAY_MS, longestMs: DAY_MS });
  const days = all.filter(({ endMs }) => endMs <= nowMs);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return;
  const survey: Survey = { empty: new Set(), filled: new Set() };
  const whole = { startMs: first.startMs, endMs: last.endMs };
  for (const family of HYPERSTACK_FAMILIES.toReversed())
    yield surveyQuestion(family, whole, survey);
  for (const window of days) yield* dayQuestions(newBillDay(id, window, learned), survey);
}

/** Families with and without charges in the whole window. A family in neither set failed. */
interface Survey {
  readonly empty: Set<string>;
  readonly filled: Set<string>;
}

function surveyQuestion(
  family: HyperstackFamily,
  window: Period,
  { empty, filled }: Survey,
): ApiQuestion {
  return question({
    ...historyBase(family, window),
    query: { ...spanQuery(window), page: '1', per_page: '1' },
    answer: surveyAnswer,
    read: (answer, { where }) => {
      const { billing_history: rows, total_count: total } = ownOf(answer, family, where);
      (rows.length === 0 && total === 0 ? empty : filled).add(family.name);
      return { window };
    },
    // Organizations without AI Studio get 404 here. The cloud families are surveyed first.
    isEmpty({ code }) {
      const isThere = empty.size + filled.size > 0;
      const isNone = isThere && family.part === 'studio' && code === 'not-found';
      if (isNone) empty.add(family.name);
      return isNone;
    },
  });
}

/** The request of a family. A daily total covers all responses of the kind `hyperstack.cloud`. */
function historyBase({ part, path }: HyperstackFamily, window: Period) {
  return {
    kind: `hyperstack.${part}`,
    path: [...HISTORY, path],
    query: spanQuery(window),
    // Errors have a `message` too; `ownOf` tells them apart.
    expects: 'message',
  };
}

const HISTORY = ['billing', 'billing', 'history'];

function spanQuery({ startMs, endMs }: Period): Query {
  const [from, to] = [startMs, endMs].map((ms) => new Date(ms).toISOString().slice(0, 19));
  return { start_date: from ?? '', end_date: to ?? '' };
}

type Families<T> = { readonly message?: string | null | undefined } & {
  readonly [key: `billing_history_${string}`]: T | null | undefined;
};

/** @throws {Failure} `malformed` with the API's message if the response has no history. */
function ownOf<T>({ message, ...all }: Families<T>, { name }: HyperstackFamily, where: string): T {
  const histories = [all[`billing_history_${name}`], ...Object.values(all)];
  const [first] = histories.filter((one) => one !== null && one !== undefined);
  if (first !== undefined) return first;
  const words = message ? `: ${shortText(message, 200)}` : '';
  throw new Failure('malformed', `${where} returned no billing history${words}`, { where });
}

function* dayQuestions(day: BillDay, survey: Survey): Generator<ApiQuestion | FailedQuestion> {
  const filledFamilies = HYPERSTACK_FAMILIES.filter(({ name }) => survey.filled.has(name));
  const studio = filledFamilies.filter(({ part }) => part === 'studio');
  for (const family of studio) yield familyQuestion(family, day);
  const cloud = filledFamilies.filter(({ part }) => part === 'cloud');
  const isKnown = (name: string) => survey.empty.has(name) || day.readFamilies.has(name);
  for (const family of cloud) {
    if (family.name === 'cluster' && !isKnown('vm')) yield unknownVms(day);
    else yield { ...familyQuestion(family, day), series: daySeries(day, false) };
    if (family.name === 'cluster') yield* clusterQuestions(family, day);
  }
  yield totalQuestion(day, () =>
    HYPERSTACK_FAMILIES.every(({ part, name }) => part === 'studio' || isKnown(name)),
  );
}

function daySeries({ window }: BillDay, isLast: boolean) {
  return { name: `hyperstack.cloud ${dayText(window.startMs)}`, isLast };
}

/** Without the VMs, it is unknown which VMs of a cluster are billed separately. */
function unknownVms({ window }: BillDay): FailedQuestion {
  const message =
    `the bill of clusters on ${dayText(window.startMs)} was not requested: it is unknown ` +
    'which VMs are billed separately';
  const failure = new Failure('unavailable', message, { hint: KEPT });
  return { kind: 'hyperstack.cloud', failure };
}

const KEPT = 'pull again; known charges are kept';

function familyQuestion(family: HyperstackFamily, day: BillDay): ApiQuestion {
  const { window } = day;
  let count = 0;
  const isEnd = ({ pagination, total_count: total }: History) => {
    const { page, pages } = pagination ?? {};
    if (typeof page === 'number' && typeof pages === 'number') return page >= pages;
    return typeof total !== 'number' || count >= total;
  };
  return question({
    ...historyBase(family, window),
    answer: hyperstackHistoryAnswer,
    pages: {
      first: { page: '1', per_page: String(PAGE_SIZE) },
      next: (body, query) =>
        isEnd(ownOf(body, family, 'the next page')) ? undefined : nextPage(query),
    },
    read: (body, { where }) => {
      const history: History = ownOf(body, family, where);
      const { billing_history: rows, total_count: total } = history;
      count += rows.length;
      const isLast = isEnd(history) || rows.length === 0;
      if (typeof total === 'number') checkCount({ total, count, isLast }, where);
      const read = readHistory(rows, family, day);
      if (isLast && day.rejected[family.part] === 0) day.readFamilies.add(family.name);
      return { ...read, ...completeness(day, family, typeof total === 'number') };
    },
  });
}

function completeness(
  { window, rejected }: BillDay,
  family: Pick<HyperstackFamily, 'part' | 'name'>,
  isSure: boolean,
) {
  const completeFor = { keyPrefix: familyKeyPrefix(family), window };
  return rejected[family.part] === 0 && isSure ? { completeFor } : {};
}

/** All cloud families together, checked against the day's total. */
const CLOUD = { part: 'cloud', name: '' } as const;

/** Requests clusters one by one whose list row omits their VMs. */
function* clusterQuestions(family: HyperstackFamily, day: BillDay): Generator<ApiQuestion> {
  const { window, undecided } = day;
  for (const row of undecided) {
    const { infrahub_id: number, id } = row.attributes;
    yield question({
      kind: 'hyperstack.cloud',
      path: [...HISTORY, family.path, number ?? id ?? ''],
      query: spanQuery(window),
      expects: 'billing_history_cluster_details',
      answer: clusterAnswer,
      series: daySeries(day, false),
      read: ({ billing_history_cluster_details: { nodes } }) => {
        const read = readSingleCluster({ ...row, nodes }, family, day);
        return { ...read, ...completeness(day, family, true) };
      },
    });
  }
}

/** The last request of a day. Its lists are complete if the total agrees. */
function totalQuestion(day: BillDay, isComplete: () => boolean): ApiQuestion {
  return question({
    kind: 'hyperstack.cloud',
    path: HISTORY,
    query: spanQuery(day.window),
    expects: 'billing_history',
    answer: totalAnswer,
    series: daySeries(day, true),
    read: ({ billing_history: history }, { where }) => {
      const amounts = history.billing_history.map(({ metrics }) => metrics.incurred_bill);
      if (amounts.length === 0 && isZero(day.sums.cloud)) return { window: day.window };
      if (amounts.length === 0) {
        const [message, hint] = [`${where} has no total for a day with charges`, KEPT];
        throw new Failure('malformed', message, { where, hint });
      }
      const { agrees, ...read } = checkDayTotal(amounts, day);
      return { ...read, ...completeness(day, CLOUD, agrees && isComplete()) };
    },
  });
}

/** Requests Hyperstack's bill: each product family per day, then the day's total to check it. */

import { z } from 'zod';
import { decimal, isZero } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { usdDigits } from '../../domain/figures.ts';
import { nanoFromUsd, sumNano, usd } from '../../domain/money.ts';
import { DAY_MS, dayText, type Period } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { shortText } from '../../platform/json.ts';
import { wholeNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  nextPage,
  question,
  splitWindow,
} from '../api.ts';
import { usdAmount } from '../fieldTypes.ts';
import { requireTotal } from '../records.ts';
import {
  billedCluster,
  type BillDay,
  familyKeyPrefix,
  HYPERSTACK_FAMILIES,
  type HyperstackDetails,
  type HyperstackFamily,
  newBillDay,
  readHistory,
  readSingleCluster,
} from './history.ts';
import type { HyperstackOptions } from './options.ts';

const history = z.object({
  billing_history: recordList(billedCluster),
  total_count: wholeNumber.nullish(),
  pagination: z.object({ page: wholeNumber.nullish(), pages: wholeNumber.nullish() }).nullish(),
});
type History = z.output<typeof history>;

/** Each family has its own key. A snapshot's key sometimes names another family. */
function familiesOf<T extends z.ZodObject>(schema: T) {
  return z.object({
    message: z.string().nullish(),
    billing_history_vm: schema.nullish(),
    billing_history_volume: schema.nullish(),
    billing_history_snapshot: schema.nullish(),
    billing_history_bucket: schema.nullish(),
    billing_history_cluster: schema.nullish(),
    billing_history_contract: schema.nullish(),
    billing_history_serverless_inference: schema.nullish(),
    billing_history_fine_tuning: schema.nullish(),
    billing_history_model_evaluation: schema.nullish(),
    billing_history_data_synthesis: schema.nullish(),
  });
}

const historyAnswer = familiesOf(history);

/** Only the number of rows is read. */
const surveyAnswer = familiesOf(
  z.object({ billing_history: z.array(z.object({})), total_count: wholeNumber.nullish() }),
);

/** One cluster with its VMs. */
const clusterAnswer = z.object({ billing_history_cluster_details: billedCluster });

/** What the whole organization paid in the requested period. */
const totalAnswer = z.object({
  billing_history: z.object({
    billing_history: z.array(z.object({ metrics: z.object({ incurred_bill: usdAmount }) })),
  }),
});

/** Requested page size; the API may return fewer. */
export const PAGE_SIZE = 100;

/** Requests each past day separately, because an amount covers the whole requested period. */
export function* hyperstackBillQuestions(
  pull: ApiPull<HyperstackOptions>,
  detailsById: ReadonlyMap<string, HyperstackDetails>,
): Generator<ApiQuestion | FailedQuestion> {
  const { id: sourceId, nowMs, request } = pull;
  const all = splitWindow(request.window, { bucketMs: DAY_MS, longestMs: DAY_MS });
  const days = all.filter(({ endMs }) => endMs <= nowMs);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return;
  const survey: Survey = { empty: new Set(), filled: new Set() };
  const whole = { startMs: first.startMs, endMs: last.endMs };
  const families = HYPERSTACK_FAMILIES.toReversed();
  for (const family of families) yield surveyQuestion(family, whole, survey);
  for (const window of days)
    yield* dayQuestions(newBillDay({ sourceId, window, detailsById }), survey);
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
  const isKnown = (name: string) => survey.empty.has(name) || day.readFamilies.has(name);
  for (const family of HYPERSTACK_FAMILIES.filter(({ name }) => survey.filled.has(name))) {
    if (family.name === 'cluster' && !isKnown('vm')) yield unknownVms(day);
    else yield familyQuestion(family, day);
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
    ...(family.part === 'cloud' ? { series: daySeries(day, false) } : {}),
    answer: historyAnswer,
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
      if (typeof total === 'number') requireTotal({ total, count }, isLast, where);
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

/** Whether nano-dollars differ by at most one cent or 0.01%. */
function agree(a: bigint, b: bigint): boolean {
  const [size, apart] = [b < 0n ? -b : b, a > b ? a - b : b - a];
  return apart <= 10_000_000n || apart * 10_000n <= size;
}

/**
 * Compares the organization's daily total with the sum of its lists. Hyperstack does not document
 * whether the total includes AI Studio; if it does, that part is subtracted, because it is billed
 * separately.
 */
function checkDayTotal(amounts: readonly string[], day: BillDay) {
  const total = sumNano(amounts.map((amount) => nanoFromUsd(decimal(amount))));
  const [cloud, studio] = [nanoFromUsd(day.sums.cloud), nanoFromUsd(day.sums.studio)];
  const withStudio = !agree(total, cloud) && agree(total, cloud + studio);
  const stated = withStudio ? total - studio : total;
  const agrees = agree(stated, cloud);
  const warning = {
    code: 'total-differs',
    bill: 'hyperstack',
    period: dayText(day.window.startMs),
    statedUsd: usdDigits(usd(stated)),
    foundUsd: usdDigits(usd(cloud)),
  } as const;
  return {
    agrees,
    window: day.window,
    statedTotal: { billedNanoUsd: stated, window: day.window },
    warnings: agrees ? [] : [warning],
  };
}

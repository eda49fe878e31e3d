/** Requests an OpenRouter account's spend: activity for the last 30 days, analytics before that. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayStartMs, instantText, overlapMs, type Period } from '../../domain/period.ts';
import {
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  hintsFor,
  question,
  splitWindow,
} from '../api.ts';
import { requestsFact } from '../source.ts';
import type { OpenrouterOptions } from './options.ts';
import {
  analyticsAnswer,
  type AnalyticsMeta,
  analyticsMetaAnswer,
  type AnalyticsNames,
  openrouterActivityAnswer,
  readActivity,
  readAnalytics,
  SPEND_KINDS,
  SPEND_PREFIX,
} from './spendRows.ts';

/** Past days that the activity endpoint covers. */
const ACTIVITY_DAYS = 30;
/** Days per analytics request. */
const LONGEST_MS = 31 * DAY_MS;
const MOST_ROWS = 10_000;

/** Yields nothing without a management key, which spend requires. */
export function* spendQuestions(
  pull: ApiPull<OpenrouterOptions>,
): Generator<ApiQuestion | FailedQuestion, void> {
  const { id, options, request, nowMs } = pull;
  if (options.managementKey === undefined || !requestsFact(request, 'charges')) return;
  const endMs = dayStartMs(nowMs);
  const recent = { startMs: endMs - ACTIVITY_DAYS * DAY_MS, endMs };
  const { window } = request;
  // The oldest activity day may expire before the response, so analytics covers it.
  const sure = { startMs: recent.startMs + DAY_MS, endMs };
  if (overlapMs(window, sure) > 0) yield activityQuestion(id, { recent, sure });
  const olderMs = Math.min(window.endMs, sure.startMs);
  if (window.startMs >= olderMs) return;
  let terms: AnalyticsNames | Failure | undefined;
  yield metaQuestion((meta) => {
    terms = termsOf(meta);
  });
  if (terms === undefined) return;
  if (terms instanceof Failure) {
    yield { kind: 'openrouter.analytics', failure: terms };
    return;
  }
  const older = { startMs: window.startMs, endMs: olderMs };
  for (const span of splitWindow(older, { bucketMs: DAY_MS, longestMs: LONGEST_MS })) {
    yield analyticsQuestion(id, span, terms);
  }
}

function activityQuestion(
  sourceId: string,
  { recent, sure }: { readonly recent: Period; readonly sure: Period },
): ApiQuestion {
  return question({
    kind: SPEND_KINDS[0],
    path: ['activity'],
    expects: 'data',
    answer: openrouterActivityAnswer,
    read: (_body, answer) => {
      const read = readActivity(answer.items(), { sourceId, window: recent });
      return { ...read, ...wholeOf(sure, read.rejects?.length), window: recent };
    },
    explain,
  });
}

/**
 * Activity and analytics replace each other's charges: they are the same money under other keys.
 */
function wholeOf(window: Period, rejected = 0) {
  if (rejected > 0) return {};
  return {
    completeFor: { keyPrefix: SPEND_PREFIX, window, replaces: true } as const,
    hostedUsageFor: { window, kinds: SPEND_KINDS },
  };
}

function metaQuestion(onMeta: (meta: AnalyticsMeta) => void): ApiQuestion {
  return question({
    kind: 'openrouter.analytics.meta',
    path: ['analytics', 'meta'],
    expects: 'data',
    answer: analyticsMetaAnswer,
    read: ({ data }) => {
      onMeta(data);
      return {};
    },
    explain,
  });
}

/** Finds the wanted metrics and dimensions by name. */
function termsOf({ metrics, dimensions, granularities }: AnalyticsMeta): AnalyticsNames | Failure {
  const sums = metrics.filter(({ is_rate: isRate }) => isRate !== true);
  const findMetric = (wanted: RegExp, unwanted: RegExp, format?: string) =>
    sums.find(
      ({ name, display_format: shown }) =>
        wanted.test(name) && !unwanted.test(name) && (format === undefined || shown === format),
    )?.name;
  const findDimension = (wanted: RegExp) => dimensions.find(({ name }) => wanted.test(name))?.name;
  const cost = findMetric(
    /usage|cost|spend|credit/i,
    /byok|upstream|discount|saving|cache/i,
    'currency',
  );
  const model = findDimension(/^model$/i) ?? findDimension(/^model/i);
  const isByDay = granularities.some(({ name }) => name === 'day');
  if (cost === undefined || model === undefined || !isByDay) {
    const message = 'the OpenRouter analytics API does not offer cost by model and day';
    return new Failure('malformed', message, {
      hint: 'spend older than 30 days is missing; import it from the activity export',
    });
  }
  const known = {
    provider: findDimension(/^provider/i),
    prompt: findMetric(/(?=.*token)(?=.*(?:prompt|input))/i, /cach|native|byok/i),
    completion: findMetric(/(?=.*token)(?=.*(?:completion|output))/i, /reason|native|byok/i),
    cached: findMetric(/(?=.*token)(?=.*cach)/i, /write|creat|native|byok/i),
    reasoning: findMetric(/(?=.*token)(?=.*reason)/i, /native|byok/i),
    requests: findMetric(/^(?:request_count|requests)$/i, /^$/),
    byok: findMetric(/byok/i, /token|request/i, 'currency'),
  };
  const found = Object.entries(known).filter(([, name]) => name !== undefined);
  return { cost, model, ...(Object.fromEntries(found) as Partial<AnalyticsNames>) };
}

function analyticsQuestion(sourceId: string, span: Period, terms: AnalyticsNames): ApiQuestion {
  const { model, provider, ...metrics } = terms;
  return question({
    kind: SPEND_KINDS[1],
    path: ['analytics', 'query'],
    json: ({ window = span }) => ({
      metrics: Object.values(metrics),
      dimensions: [model, ...(provider === undefined ? [] : [provider])],
      granularity: 'day',
      time_range: {
        start: instantText(window.startMs),
        end: instantText(window.endMs),
      },
      limit: MOST_ROWS,
    }),
    span: { window: span, bucketMs: DAY_MS, query: () => ({}) },
    expects: 'data',
    answer: analyticsAnswer,
    read: ({ data }, { where, window }) => {
      if (data.metadata.truncated) {
        throw new Failure('too-large', `${where} omitted rows`, {
          where,
          hint: 'one day has more rows than a response can have; import the activity export',
        });
      }
      const read = readAnalytics(data.data, { sourceId, window, terms });
      return { ...read, ...wholeOf(window, read.rejects?.length) };
    },
    explain,
  });
}

const MANAGEMENT_KEY =
  'only a management key can read spend: set one as managementKey, or none if you need prices ' +
  'only';
const explain = hintsFor({ auth: MANAGEMENT_KEY, forbidden: MANAGEMENT_KEY });

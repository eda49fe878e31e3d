/** Pulls a LiteLLM proxy's daily activity, summed over its pages, or the spend log of each day. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayText, parseInstant, type Period, SECOND_MS } from '../../domain/period.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import {
  type Answered,
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  type FailedQuestion,
  hintsFor,
  nextPage,
  question,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { attributionLabels, encodePart } from '../engines/attribution.ts';
import { catchFailure } from '../fetchRecord.ts';
import { findTarget, requireMatch, unmatchedNote } from '../gatewayMatch.ts';
import { GatewayTally } from '../gatewayTally.ts';
import { readRecords, requireSomeRead, toReject } from '../records.ts';
import { requestsFact, type UsageTarget } from '../source.ts';
import {
  type ActivityDay,
  activityDay,
  type ActivityMetrics,
  litellmActivityAnswer,
  spendLog,
  SpendTally,
  taggedLog,
  toActivityCounts,
} from './normalize.ts';
import {
  DAY_KEYS,
  LITELLM_FIELDS,
  type LitellmOptions,
  TAG_PREFIX,
  TAGS_LABEL,
} from './options.ts';
import { readSpendLog } from './requests.ts';

const api: Api<LitellmOptions> = {
  kind: 'litellm',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);

const LONGEST_MS = 31 * DAY_MS;

function* questions(pull: ApiPull<LitellmOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { request, options, nowMs } = pull;
  if (!requestsFact(request, 'usage') || request.usage.length === 0) return;
  const fault = catchFailure(() => {
    requireMatch(request.usage, LITELLM_FIELDS[options.detail]);
    if (options.detail === 'day') requireOneKey(pull);
  });
  if (fault instanceof Failure) {
    yield { kind: `litellm.${options.detail}`, failure: fault };
    return;
  }
  const longestMs = options.detail === 'day' ? LONGEST_MS : DAY_MS;
  for (const window of splitWindow(request.window, { bucketMs: DAY_MS, longestMs })) {
    if (window.startMs > nowMs) return;
    yield options.detail === 'day' ? daysQuestion(pull, window) : logQuestion(pull, window);
  }
}

/**
 * A day's models and model groups are two lists of the same requests, so only one can be used.
 * @throws {Failure} `config` if matches use both keys.
 */
function requireOneKey({ request, id }: ApiPull<LitellmOptions>): void {
  const used = new Set(request.usage.flatMap(({ match }) => Object.keys(match)));
  if (used.size === 1) return;
  throw new Failure('config', `${id} can report days by model or by model group, not by both`, {
    where: `sources.${id}`,
    expected: 'the same one key in every match: model or model_group',
    hint: 'match all deployments of this source by the same key, or set detail: request',
  });
}

function daysQuestion({ id, request, nowMs }: ApiPull<LitellmOptions>, span: Period): ApiQuestion {
  // By requested window: halves of a window start with a new reader.
  const readers = new Map<string, ReturnType<typeof createActivityReader>>();
  const isByModel = request.usage.some(({ match }) => Object.hasOwn(match, 'model'));
  const key = DAY_KEYS[isByModel ? 0 : 1];
  let isLast = true;
  return question({
    kind: 'litellm.activity',
    path: ['user', 'daily', 'activity'],
    expects: 'results',
    answer: litellmActivityAnswer,
    span: { window: span, bucketMs: DAY_MS, query: datesOf },
    pages: {
      first: { page: '1', page_size: '1000' },
      next: (_frame, asked) => (isLast ? undefined : nextPage(asked)),
    },
    read: ({ metadata }, answer) => {
      const { window } = answer;
      const { page, total_pages: pages, has_more: hasMore } = metadata ?? {};
      isLast = hasMore === undefined || hasMore === null ? (page ?? 1) >= (pages ?? 1) : !hasMore;
      const name = `${window.startMs} ${window.endMs}`;
      const options = { sourceId: id, targets: request.usage, key, window, nowMs };
      const reader = readers.get(name) ?? createActivityReader(options);
      readers.set(name, reader);
      return reader.read(answer, isLast);
    },
    explain,
  });
}

/** Both dates are inclusive, so the end is the last day of the window. */
function datesOf({ startMs, endMs }: Period) {
  return { start_date: dayText(startMs), end_date: dayText(endMs - 1) };
}

interface ActivityOptions {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  /** The list by which requests of a day are matched: its models or its model groups. */
  readonly key: (typeof DAY_KEYS)[number];
  readonly window: Period;
  readonly nowMs: number;
}

/**
 * Sums days over all pages of one question. A page holds a fixed number of database rows, so a day
 * may be split between two pages. The facts come with the last page.
 */
function createActivityReader({ sourceId, targets, key, window, nowMs }: ActivityOptions) {
  const tally = new GatewayTally();
  const spend = new SpendTally();
  let isComplete = true;
  const unmatched = new Map<string, number>();
  return {
    read({ where, ...list }: Answered, isLast: boolean): AnswerFacts {
      const { facts, rejects, warnings } = readRecords(list.items(), activityDay, (day) => day);
      requireSomeRead(facts.length, rejects.length, where);
      const days = new Set<number>();
      for (const { position, fact } of facts) {
        const startMs = parseInstant(fact.date.slice(0, 10)) ?? Number.NaN;
        const isRequested = startMs >= window.startMs && startMs < window.endMs;
        if (isRequested && days.has(startMs)) throw duplicateDay(fact.date, where);
        if (isRequested) take(fact, { position, startMs, where });
        else rejects.push(toReject(position, fact, 'outside the requested period'));
        days.add(startMs);
      }
      isComplete &&= rejects.length === 0;
      if (!isLast) return { rejects, warnings };
      const usage = {
        ...tally.facts({ sourceId, lengthMs: DAY_MS, nowMs }),
        ...(isComplete ? spend.facts(sourceId, window, nowMs) : {}),
      };
      return { ...usage, rejects, warnings: [...warnings, ...unmatchedNote(unmatched)] };
    },
  };

  function take({ breakdown }: ActivityDay, { position, startMs, where }: Place): void {
    // A day that LiteLLM reports on is known for all deployments. Those without requests had none.
    tally.fill(
      targets.map(({ deployment }) => deployment),
      [startMs],
    );
    const list = key === 'model' ? breakdown?.models : breakdown?.model_groups;
    for (const [name, { metrics, api_key_breakdown: byKey }] of Object.entries(list ?? {})) {
      const target = findTarget({ [key]: name }, targets);
      if (target === undefined) {
        addUnmatched(name, metrics, { position, startMs });
        continue;
      }
      const { deployment } = target;
      tally.add(startMs, { position, deployment, ...toActivityCounts(metrics, where) });
      for (const { metrics: own, metadata } of Object.values(byKey ?? {})) {
        const part = encodePart(metadata ?? {}, target);
        if (part === undefined) continue;
        tally.addShare(startMs, { position, deployment, part, ...toActivityCounts(own, where) });
      }
    }
  }

  function addUnmatched(model: string, metrics: ActivityMetrics, at: Omit<Place, 'where'>): void {
    unmatched.set(model, (unmatched.get(model) ?? 0) + (metrics.successful_requests ?? 0));
    const { prompt_tokens: prompt, completion_tokens: output, spend: usd } = metrics;
    const { successful_requests: answered = 0, cache_read_input_tokens: cached } = metrics;
    if (prompt === undefined || output === undefined) return;
    const place = { position: at.position, dayMs: at.startMs, model };
    spend.add({ ...place, prompt, cached, output, answered, usd });
  }
}

interface Place {
  readonly position: number;
  readonly startMs: number;
  readonly where: string;
}

function duplicateDay(date: string, where: string): Failure {
  const message = `${where} returned ${date.slice(0, 10)} twice on one page`;
  return new Failure('malformed', message, { where, expected: 'each day once on a page' });
}

function logQuestion(pull: ApiPull<LitellmOptions>, day: Period): ApiQuestion {
  const { id, request, options, nowMs } = pull;
  const lengthMs = options.interval * SECOND_MS;
  const isTagged = request.usage
    .flatMap(attributionLabels)
    .some((label) => label === TAGS_LABEL || label.startsWith(TAG_PREFIX));
  const logOptions = { sourceId: id, targets: request.usage, day, lengthMs, nowMs, isTagged };
  return {
    kind: 'litellm.requests',
    path: ['spend', 'logs'],
    // The end is the next midnight, since LiteLLM reads it as "until that day".
    query: { summarize: 'false', start_date: dayText(day.startMs), end_date: dayText(day.endMs) },
    expects: '',
    isBareList: true,
    fields: findReadFields(z.array(isTagged ? taggedLog : spendLog)),
    span: { window: day, bucketMs: DAY_MS, query: () => ({}) },
    read: (list, { where }) => readSpendLog(list, logOptions, where),
    explain,
  };
}

const ADMIN_KEY =
  "use the key of a proxy admin or of a viewer; a user's key shows only that user's requests";

const explain = hintsFor({
  auth: ADMIN_KEY,
  forbidden: ADMIN_KEY,
  'not-found': 'check baseUrl; it is the address of the proxy, without /v1',
  'too-large': 'set detail: day; the spend log of one day is too long for one response',
});

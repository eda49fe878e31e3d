/** Pulls the daily activity of a LiteLLM proxy, or the spend log of each day. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayText, type Period, SECOND_MS } from '../../domain/period.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import {
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
import { catchFailure } from '../fetchRecord.ts';
import { attributionLabels } from '../engines/attribution.ts';
import { requireMatch } from '../gatewayMatch.ts';
import { requestsFact } from '../source.ts';
import { createActivityReader } from './days.ts';
import {
  DAY_KEYS,
  type LitellmOptions,
  LITELLM_FIELDS,
  TAG_PREFIX,
  TAGS_LABEL,
} from './options.ts';
import { readSpendLog } from './requests.ts';
import { litellmActivityAnswer, spendLog, taggedLog } from './wire.ts';

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
  const first = { page: '1', page_size: '1000' };
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
      first,
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

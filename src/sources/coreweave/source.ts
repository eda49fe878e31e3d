/** Pulls a CoreWeave organization's clusters, and its usage by capacity plan and by location. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pages, type Pull, type Question, windowsOf } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { wants } from '../source.ts';
import { Mix } from './mix.ts';
import { readClusters, readUsage } from './normalize.ts';
import type { CoreweaveOptions } from './options.ts';
import { type RateCard, rateCardOf } from './rates.ts';
import {
  asOfFrame,
  clustersAnswer,
  clustersFrame,
  planAnswer,
  usageAnswer,
  usageFrame,
} from './wire.ts';

const api: Api<CoreweaveOptions> = {
  kind: 'coreweave',
  auth: bearer(({ apiKey }) => apiKey),
  questions,
};

export const pull = pullerOf(api);

/** First day of the export. */
const FIRST_MS = Date.UTC(2026, 0, 1);
/** The API allows 90 days per request; 31 bound the rows of the two views held for comparison. */
const LONGEST_MS = 31 * DAY_MS;

function* questions(pull: Pull<CoreweaveOptions>): Generator<Question> {
  const { request, options } = pull;
  if (wants(request, 'inventory')) yield clustersQuestion(pull);
  const window = exportedWindow(pull);
  if (!wants(request, 'charges') || window === undefined) return;
  const card = rateCardOf(options);
  for (const each of windowsOf(window, { bucketMs: HOUR_MS, longestMs: LONGEST_MS })) {
    const mix = new Mix();
    // Plans come first: they split the usage by location.
    yield mixQuestion(each, mix);
    // Without all plans, no rate is certain.
    if (mix.isWhole) yield usageQuestion(pull, { window: each, mix, card });
  }
}

/** The part of the window that has begun and is in the export. */
function exportedWindow({ request, nowMs }: Pull<CoreweaveOptions>): Period | undefined {
  const startMs = Math.max(request.window.startMs, FIRST_MS);
  const endMs = Math.min(request.window.endMs, nowMs);
  return startMs < endMs ? { startMs, endMs } : undefined;
}

function clustersQuestion({ id }: Pull<CoreweaveOptions>): Question {
  return {
    kind: 'coreweave.clusters',
    path: ['v1beta1', 'cks', 'clusters'],
    expects: 'items',
    fields: fieldsOf(clustersAnswer),
    read(answer, { where, askedAtMs }) {
      readWire(clustersFrame, answer.frame, where);
      return readClusters(answer.items(), { sourceId: id, seenAtMs: askedAtMs });
    },
  };
}

/** Paging by token, at most 1,000 rows per page. */
const byToken: Pages = {
  first: { page_size: '1000' },
  next(frame) {
    const { next_page_token: token } = readWire(usageFrame, frame, 'the next page');
    return token ? { page_size: '1000', page_token: token } : undefined;
  },
};

function focusQuestion(
  groupBy: 'location' | 'capacity_plan',
  window: Period,
): Omit<Question, 'read'> {
  return {
    kind: `coreweave.focus.${groupBy}`,
    path: ['v1', 'billing', 'focus'],
    query: { group_by: groupBy, format: 'json' },
    span: {
      window,
      bucketMs: HOUR_MS,
      query: ({ startMs, endMs }) => ({
        start_time: instantText(startMs),
        end_time: instantText(endMs),
      }),
    },
    pages: byToken,
    expects: 'data',
    fields: fieldsOf(groupBy === 'location' ? usageAnswer : planAnswer),
    explain: withSupportHint,
  };
}

function withSupportHint(failure: Failure): Failure {
  if (failure.code !== 'forbidden') return failure;
  const message =
    'this token may not read the FOCUS export; ask CoreWeave Support to enable it for your ' +
    'organization';
  const { where } = failure;
  return new Failure('forbidden', message, where === undefined ? {} : { where });
}

function mixQuestion(window: Period, mix: Mix): Question {
  return {
    ...focusQuestion('capacity_plan', window),
    read(answer, { where, window: answerWindow }) {
      const { next_page_token: token } = readWire(usageFrame, answer.frame, where);
      const isLast = !token && (answerWindow ?? window).endMs === window.endMs;
      return mix.read(answer.items(), isLast);
    },
  };
}

interface UsageOf {
  readonly window: Period;
  readonly mix: Mix;
  readonly card: RateCard;
}

function usageQuestion(
  { id }: Pull<CoreweaveOptions>,
  { window: fullWindow, mix, card }: UsageOf,
): Question {
  const seen = new Set<string>();
  return {
    ...focusQuestion('location', fullWindow),
    read(answer, { where, window = fullWindow }) {
      const { next_page_token: token } = readWire(usageFrame, answer.frame, where);
      const { data_as_of: asOf } = readWire(asOfFrame, answer.frame, where);
      const isLastPage = !token && window.endMs === fullWindow.endMs;
      const context = { sourceId: id, window, card, mix, seen, isLastPage, asOf };
      return readUsage(answer.items(), context);
    },
  };
}

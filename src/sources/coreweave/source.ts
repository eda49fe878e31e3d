/** Pulls a CoreWeave organization's clusters, and its usage by capacity plan and by location. */

import { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  byCursor,
  question,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { freeText, providerId } from '../fieldTypes.ts';
import { readRecords } from '../records.ts';
import { requestsFact } from '../source.ts';
import {
  coreweavePlanAnswer,
  coreweaveUsageAnswer,
  readCoreweavePlans,
  readCoreweaveUsage,
} from './normalize.ts';
import type { CoreweaveOptions } from './options.ts';
import { buildRateCard, PlanMix, type RateCard } from './rates.ts';

const api: Api<CoreweaveOptions> = {
  kind: 'coreweave',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);

/** First day of the export. */
const FIRST_MS = Date.UTC(2026, 0, 1);
/** The API allows 90 days per request; 31 bound the rows of the two views held for comparison. */
const LONGEST_MS = 31 * DAY_MS;

function* questions(pull: ApiPull<CoreweaveOptions>): Generator<ApiQuestion> {
  const { request, options } = pull;
  if (requestsFact(request, 'inventory')) yield clustersQuestion(pull);
  const window = exportedWindow(pull);
  if (!requestsFact(request, 'charges') || window === undefined) return;
  const card = buildRateCard(options);
  for (const each of splitWindow(window, { bucketMs: HOUR_MS, longestMs: LONGEST_MS })) {
    const mix = new PlanMix();
    // Plans come first: they split the usage by location.
    yield mixQuestion(each, mix);
    // Without all plans, no rate is certain.
    if (mix.isWhole) yield usageQuestion(pull, { window: each, mix, card });
  }
}

/** The part of the window that has begun and is in the export. */
function exportedWindow({ request, nowMs }: ApiPull<CoreweaveOptions>): Period | undefined {
  const startMs = Math.max(request.window.startMs, FIRST_MS);
  const endMs = Math.min(request.window.endMs, nowMs);
  return startMs < endMs ? { startMs, endMs } : undefined;
}

const cluster = z.object({
  id: providerId,
  name: freeText.nullish(),
  status: freeText.nullish(),
});
const clustersAnswer = z.object({ items: recordList(cluster) });

function clustersQuestion({ id: sourceId }: ApiPull<CoreweaveOptions>): ApiQuestion {
  return question({
    kind: 'coreweave.clusters',
    path: ['v1beta1', 'cks', 'clusters'],
    expects: 'items',
    answer: clustersAnswer,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const resource = ({ id: resourceId, name, status }: z.output<typeof cluster>): Resource => ({
        sourceId,
        seenAtMs,
        resourceId,
        kind: 'cluster',
        name: name || resourceId,
        ...(status ? { status } : {}),
      });
      const { facts, ...trouble } = readRecords(answer.items(), cluster, resource);
      return { resources: facts, ...trouble };
    },
  });
}

/** Paging by token, at most 1,000 rows per page. */
const pages = byCursor('next_page_token', 'page_token', { page_size: '1000' });

function focusQuestion(groupBy: 'location' | 'capacity_plan', window: Period) {
  return {
    kind: `coreweave.focus.${groupBy}`,
    path: ['v1', 'billing', 'focus'],
    query: { group_by: groupBy, format: 'json' },
    span: {
      window,
      bucketMs: HOUR_MS,
      query: ({ startMs, endMs }: Period) => ({
        start_time: instantText(startMs),
        end_time: instantText(endMs),
      }),
    },
    pages,
    expects: 'data',
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

function mixQuestion(span: Period, mix: PlanMix): ApiQuestion {
  return question({
    ...focusQuestion('capacity_plan', span),
    answer: coreweavePlanAnswer,
    read: ({ next_page_token: token }, { window, ...answer }) =>
      readCoreweavePlans(answer.items(), mix, !token && window.endMs === span.endMs),
  });
}

interface UsageOf {
  readonly window: Period;
  readonly mix: PlanMix;
  readonly card: RateCard;
}

function usageQuestion(
  { id }: ApiPull<CoreweaveOptions>,
  { window: fullWindow, mix, card }: UsageOf,
): ApiQuestion {
  const seen = new Set<string>();
  return question({
    ...focusQuestion('location', fullWindow),
    answer: coreweaveUsageAnswer,
    read: ({ next_page_token: token, data_as_of: asOf }, { window, ...answer }) => {
      const isLastPage = !token && window.endMs === fullWindow.endMs;
      const context = { sourceId: id, window, card, mix, seen, isLastPage, asOf };
      return readCoreweaveUsage(answer.items(), context);
    },
  });
}

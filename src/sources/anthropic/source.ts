/** Pulls an Anthropic organization's daily cost report, then its usage report. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, instantText, type Period } from '../../domain/period.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { Api, ApiPull, ApiQuestion } from '../api.ts';
import { createPull } from '../driver.ts';
import { dayWindows, findNextPage } from '../hostedBill.ts';
import { requestsFact } from '../source.ts';
import {
  ANTHROPIC_COSTS_PREFIX,
  anthropicCostsAnswer,
  anthropicUsageAnswer,
  readAnthropicCosts,
  readAnthropicUsage,
} from './normalize.ts';
import type { AnthropicOptions } from './options.ts';

const api: Api<AnthropicOptions> = {
  kind: 'anthropic',
  auth: {
    secrets: ({ adminKey }) => [adminKey.reveal()],
    headers: ([key = '']) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  questions,
};

export const pull = createPull(api);

/** Days per page, the API's maximum. A window fits on one page, so no page cursor can expire. */
const PAGE_DAYS = 31;

function* questions(pull: ApiPull<AnthropicOptions>): Generator<ApiQuestion> {
  if (!requestsFact(pull.request, 'charges')) return;
  const windows = dayWindows(pull, PAGE_DAYS);
  for (const window of windows) yield costsQuestion(pull.id, window);
  for (const window of windows) yield usageQuestion(pull.id, window);
}

function dailyQuestion(window: Period, groupBy: readonly string[]) {
  return {
    span: {
      window,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }: Period) => ({
        starting_at: instantText(startMs),
        ending_at: instantText(endMs),
        bucket_width: '1d',
        limit: String(PAGE_DAYS),
        'group_by[]': [...groupBy],
      }),
    },
    pages: { first: {}, next: (frame: unknown) => findNextPage('Anthropic', frame) },
    expects: 'data',
    explain: withHint,
  };
}

function costsQuestion(sourceId: string, window: Period): ApiQuestion {
  const seenDays = new Set<number>();
  return {
    kind: 'anthropic.cost_report',
    path: ['v1', 'organizations', 'cost_report'],
    ...dailyQuestion(window, ['workspace_id', 'description']),
    fields: findReadFields(anthropicCostsAnswer),
    read(answer, { where, window: answerWindow = window }) {
      parseResponse(anthropicCostsAnswer, answer.frame, where);
      const read = readAnthropicCosts(answer.items(), {
        sourceId,
        window: answerWindow,
        knownDays: seenDays,
      });
      const whole = { completeFor: { keyPrefix: ANTHROPIC_COSTS_PREFIX, window: answerWindow } };
      return { ...read, ...(read.rejects?.length === 0 ? whole : {}) };
    },
  };
}

function usageQuestion(sourceId: string, window: Period): ApiQuestion {
  const seenDays = new Set<number>();
  return {
    kind: 'anthropic.usage_report',
    path: ['v1', 'organizations', 'usage_report', 'messages'],
    ...dailyQuestion(window, ['model', 'service_tier']),
    fields: findReadFields(anthropicUsageAnswer),
    read(answer, { where, window: answerWindow = window }) {
      parseResponse(anthropicUsageAnswer, answer.frame, where);
      return readAnthropicUsage(answer.items(), {
        sourceId,
        window: answerWindow,
        knownDays: seenDays,
      });
    },
  };
}

function withHint(failure: Failure): Failure {
  const { code, message, status, where } = failure;
  const place = where === undefined ? {} : { where };
  if (status === 410) {
    const hint = 'the page cursor expired, so nothing was withdrawn; pull again';
    return new Failure('unavailable', message, { ...place, hint });
  }
  if (code !== 'auth' && code !== 'forbidden') return failure;
  const hint =
    'use an admin key of the organization (it begins with sk-ant-admin); individual ' +
    'accounts have none';
  return new Failure(code, message, { ...place, hint });
}

/** Pulls an Anthropic organization's daily cost report, then its usage report. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, instantText, type Period } from '../../domain/period.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import type { Api, Pull, Question } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { dayWindows, nextPageOf } from '../hostedBill.ts';
import { wants } from '../source.ts';
import { COSTS_PREFIX, readCosts, readUsage } from './normalize.ts';
import type { AnthropicOptions } from './options.ts';
import { costsAnswer, usageAnswer } from './wire.ts';

const api: Api<AnthropicOptions> = {
  kind: 'anthropic',
  auth: {
    secrets: ({ adminKey }) => [adminKey.reveal()],
    headers: ([key = '']) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  questions,
};

export const pull = pullerOf(api);

/** Days per page, the API's maximum. A window fits on one page, so no page cursor can expire. */
const PAGE_DAYS = 31;

function* questions(pull: Pull<AnthropicOptions>): Generator<Question> {
  if (!wants(pull.request, 'charges')) return;
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
    pages: { first: {}, next: (frame: unknown) => nextPageOf('Anthropic', frame) },
    expects: 'data',
    explain: withHint,
  };
}

function costsQuestion(sourceId: string, window: Period): Question {
  const seenDays = new Set<number>();
  return {
    kind: 'anthropic.cost_report',
    path: ['v1', 'organizations', 'cost_report'],
    ...dailyQuestion(window, ['workspace_id', 'description']),
    fields: fieldsOf(costsAnswer),
    read(answer, { where, window: answerWindow = window }) {
      readWire(costsAnswer, answer.frame, where);
      const read = readCosts(answer.items(), { sourceId, window: answerWindow, told: seenDays });
      const whole = { completeFor: { keyPrefix: COSTS_PREFIX, window: answerWindow } };
      return { ...read, ...(read.rejects?.length === 0 ? whole : {}) };
    },
  };
}

function usageQuestion(sourceId: string, window: Period): Question {
  const seenDays = new Set<number>();
  return {
    kind: 'anthropic.usage_report',
    path: ['v1', 'organizations', 'usage_report', 'messages'],
    ...dailyQuestion(window, ['model', 'service_tier']),
    fields: fieldsOf(usageAnswer),
    read(answer, { where, window: answerWindow = window }) {
      readWire(usageAnswer, answer.frame, where);
      return readUsage(answer.items(), { sourceId, window: answerWindow, told: seenDays });
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

/** What an Anthropic organization is asked: its cost report by day, then its usage report. */

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

/** So many days come on one page at most: a window has one page, and no cursor to go stale. */
const PAGE_DAYS = 31;

function* questions(pull: Pull<AnthropicOptions>): Generator<Question> {
  if (!wants(pull.request, 'charges')) return;
  const windows = dayWindows(pull, PAGE_DAYS);
  for (const window of windows) yield costsQuestion(pull.id, window);
  for (const window of windows) yield usageQuestion(pull.id, window);
}

function asked(window: Period, groupBy: readonly string[]) {
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
    explain: explained,
  };
}

function costsQuestion(sourceId: string, window: Period): Question {
  const told = new Set<number>();
  return {
    kind: 'anthropic.cost_report',
    path: ['v1', 'organizations', 'cost_report'],
    ...asked(window, ['workspace_id', 'description']),
    fields: fieldsOf(costsAnswer),
    read(answer, { where, window: own = window }) {
      readWire(costsAnswer, answer.frame, where);
      const read = readCosts(answer.items(), { sourceId, window: own, told });
      const whole = { completeFor: { keyPrefix: COSTS_PREFIX, window: own } };
      return { ...read, ...(read.rejects?.length === 0 ? whole : {}) };
    },
  };
}

function usageQuestion(sourceId: string, window: Period): Question {
  const told = new Set<number>();
  return {
    kind: 'anthropic.usage_report',
    path: ['v1', 'organizations', 'usage_report', 'messages'],
    ...asked(window, ['model', 'service_tier']),
    fields: fieldsOf(usageAnswer),
    read(answer, { where, window: own = window }) {
      readWire(usageAnswer, answer.frame, where);
      return readUsage(answer.items(), { sourceId, window: own, told });
    },
  };
}

function explained(failure: Failure): Failure {
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

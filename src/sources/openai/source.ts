/** Pulls an OpenAI organization's daily costs, then the usage of each product. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { type Api, bearerAuth, type ApiPull, type ApiQuestion } from '../api.ts';
import { createPull } from '../driver.ts';
import { dayWindows, findNextPage } from '../hostedBill.ts';
import { requestsFact } from '../source.ts';
import {
  OPENAI_COSTS_PREFIX,
  openaiCostsAnswer,
  openaiUsageAnswer,
  readOpenaiCosts,
  readOpenaiUsage,
} from './normalize.ts';
import type { OpenaiOptions } from './options.ts';

const api: Api<OpenaiOptions> = {
  kind: 'openai',
  auth: bearerAuth(({ adminKey }) => adminKey),
  questions,
};

export const pull = createPull(api);

/** Products with token counts, and the fields to group each by. */
const PRODUCTS = [
  { name: 'completions', groupBy: ['model', 'batch', 'service_tier'] },
  { name: 'embeddings', groupBy: ['model'] },
  { name: 'moderations', groupBy: ['model'] },
] as const;

/** Days per page, the API's maximum. */
const COST_DAYS = 180;
const USAGE_DAYS = 31;

function* questions(pull: ApiPull<OpenaiOptions>): Generator<ApiQuestion> {
  if (!requestsFact(pull.request, 'charges')) return;
  for (const window of dayWindows(pull, COST_DAYS)) yield costsQuestion(pull.id, window);
  let isRead = false;
  const onRead = () => {
    isRead = true;
  };
  for (const product of PRODUCTS) {
    // If completions fail too, the other products are not missing but unreadable.
    if (product.name !== 'completions' && !isRead) return;
    for (const window of dayWindows(pull, USAGE_DAYS)) {
      yield usageQuestion({ sourceId: pull.id, window, onRead }, product);
    }
  }
}

function dailyQuestion(
  window: Period,
  { days, groupBy }: { days: number; groupBy: readonly string[] },
) {
  return {
    span: {
      window,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }: Period) => ({
        start_time: String(startMs / SECOND_MS),
        end_time: String(endMs / SECOND_MS),
        bucket_width: '1d',
        limit: String(days),
        group_by: [...groupBy],
      }),
    },
    pages: { first: {}, next: (frame: unknown) => findNextPage('OpenAI', frame) },
    expects: 'data',
    explain: withHint,
  };
}

function costsQuestion(sourceId: string, window: Period): ApiQuestion {
  const seenDays = new Set<number>();
  return {
    kind: 'openai.costs',
    path: ['organization', 'costs'],
    ...dailyQuestion(window, { days: COST_DAYS, groupBy: ['line_item', 'project_id'] }),
    fields: findReadFields(openaiCostsAnswer),
    read(answer, { where, window: answerWindow = window }) {
      parseResponse(openaiCostsAnswer, answer.frame, where);
      const read = readOpenaiCosts(answer.items(), {
        sourceId,
        window: answerWindow,
        knownDays: seenDays,
      });
      const whole = { completeFor: { keyPrefix: OPENAI_COSTS_PREFIX, window: answerWindow } };
      return { ...read, ...(read.rejects?.length === 0 ? whole : {}) };
    },
  };
}

interface UsageContext {
  readonly sourceId: string;
  readonly window: Period;
  readonly onRead: () => void;
}

function usageQuestion(
  { sourceId, window, onRead }: UsageContext,
  { name, groupBy }: (typeof PRODUCTS)[number],
): ApiQuestion {
  const seenDays = new Set<number>();
  return {
    kind: `openai.usage.${name}`,
    path: ['organization', 'usage', name],
    ...dailyQuestion(window, { days: USAGE_DAYS, groupBy }),
    fields: findReadFields(openaiUsageAnswer),
    read(answer, { where, window: answerWindow = window }) {
      parseResponse(openaiUsageAnswer, answer.frame, where);
      onRead();
      return readOpenaiUsage(answer.items(), {
        sourceId,
        window: answerWindow,
        knownDays: seenDays,
        hasOutput: name === 'completions',
      });
    },
    // 404 means that the organization does not have this product.
    ...(name === 'completions' ? {} : { isEmpty: ({ code }) => code === 'not-found' }),
  };
}

function withHint(failure: Failure): Failure {
  const { code, message, where } = failure;
  if (code !== 'auth' && code !== 'forbidden') return failure;
  const hint =
    'use an admin key of the organization (it begins with sk-admin-); a project key may ' +
    'not read costs';
  return new Failure(code, message, { ...(where === undefined ? {} : { where }), hint });
}

/** Pulls a Fireworks account's costs by model, the bill of each day, then the token counts. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, instantText, type Period } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  byCursor,
  type FailedQuestion,
  hintsFor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { dayWindows } from '../hostedBill.ts';
import { readRecords } from '../records.ts';
import { requestsFact } from '../source.ts';
import {
  account,
  accountsAnswer,
  addModelCosts,
  fireworksCostsAnswer,
  fireworksSummaryAnswer,
  fireworksUsageAnswer,
  type ModelCosts,
  readDayBill,
  readFireworksUsage,
} from './normalize.ts';
import type { FireworksOptions } from './options.ts';

const api: Api<FireworksOptions> = {
  kind: 'fireworks',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);

/** Most days per request. */
const LONGEST_DAYS = 31;

function* questions(pull: ApiPull<FireworksOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { request, options } = pull;
  if (!requestsFact(request, 'charges')) return;
  const slug = options.account ?? (yield* onlyAccount());
  if (slug === undefined) return;
  const path = ['v1', 'accounts', slug];
  const months = dayWindows(pull, LONGEST_DAYS);
  const costs: ModelCosts = new Map();
  let isUnsure = false;
  const onFailure = (failure: Failure) => {
    // A key without access never gets costs by model, so the day's bill becomes one sum.
    if (!NO_ACCESS.has(failure.code)) isUnsure = true;
  };
  for (const window of options.costsByModel ? months : []) {
    yield costsQuestion(path, window, { costs, onFailure });
  }
  if (isUnsure) yield unknownModels();
  else for (const day of dayWindows(pull, 1)) yield dayQuestion(pull.id, path, { day, costs });
  for (const window of months) yield usageQuestion(pull.id, path, window);
}

const NO_ACCESS: ReadonlySet<string> = new Set(['forbidden', 'not-found']);

/** A serverless sum beside the charges by model of an earlier pull would count both. */
function unknownModels(): FailedQuestion {
  const message = 'the bill was not requested: the cost of each model is unknown';
  const hint = 'pull again; known charges are kept';
  return {
    kind: 'fireworks.billing.summary',
    failure: new Failure('unavailable', message, { hint }),
  };
}

const pages = byCursor('nextPageToken', 'pageToken');

function* onlyAccount(): Generator<ApiQuestion | FailedQuestion, string | undefined> {
  const slugs = new Set<string>();
  let isRead = false;
  yield question({
    kind: 'fireworks.accounts',
    path: ['v1', 'accounts'],
    pages,
    expects: 'accounts',
    answer: accountsAnswer,
    read: (_body, answer) => {
      const { facts, ...trouble } = readRecords(answer.items(), account, ({ name }) => name);
      for (const { fact } of facts) slugs.add(fact.replace(/^.*\//, ''));
      isRead = true;
      return trouble;
    },
  });
  const [only] = slugs;
  if (slugs.size === 1 || !isRead) return only;
  const found = slugs.size === 0 ? 'no account' : `several accounts: ${[...slugs].join(', ')}`;
  const failure = new Failure('config', `this key can access ${found}`, {
    hint: 'set "account" to the id of the billed account',
  });
  yield { kind: 'fireworks.accounts', failure };
  return undefined;
}

interface CostsContext {
  readonly costs: ModelCosts;
  readonly onFailure: (failure: Failure) => void;
}

function costsQuestion(
  path: readonly string[],
  span: Period,
  { costs, onFailure }: CostsContext,
): ApiQuestion {
  const withHint = hintsFor({ forbidden: ADMINISTRATOR });
  return question({
    kind: 'fireworks.usage_costs',
    path: [...path, 'usageCosts:query'],
    json: ({ window = span, asked }) => ({
      startTime: instantText(window.startMs),
      endTime: instantText(window.endMs),
      scope: 'ACCOUNT',
      groupBy: ['DAY', 'MODEL'],
      pageSize: 1_000,
      ...asked,
    }),
    span: { window: span, bucketMs: DAY_MS, query: (): Query => ({}) },
    pages,
    expects: 'rows',
    answer: fireworksCostsAnswer,
    read: (_body, answer) => {
      const read = addModelCosts(answer.items(), answer.window, costs);
      if ((read.rejects?.length ?? 0) > 0) {
        onFailure(new Failure('malformed', 'a row of the costs by model is unreadable'));
      }
      return read;
    },
    explain(failure) {
      onFailure(failure);
      return withHint(failure);
    },
  });
}

const ADMINISTRATOR =
  'costs by model need the key of an account administrator; without it, serverless models are ' +
  'one sum per day. "costsByModel: false" turns them off';

function dayQuestion(
  sourceId: string,
  path: readonly string[],
  { day, costs }: { readonly day: Period; readonly costs: ModelCosts },
): ApiQuestion {
  return question({
    kind: 'fireworks.billing.summary',
    path: [...path, 'billing', 'summary'],
    query: { startTime: instantText(day.startMs), endTime: instantText(day.endMs) },
    expects: 'lineItems',
    answer: fireworksSummaryAnswer,
    read: (_body, answer) => {
      const byModel = costs.get(day.startMs) ?? new Map();
      return readDayBill(answer.items(), { sourceId, day, byModel });
    },
  });
}

function usageQuestion(sourceId: string, path: readonly string[], span: Period): ApiQuestion {
  return question({
    kind: 'fireworks.billing_usage',
    path: [...path, 'billingUsage'],
    query: { usageType: 'SERVERLESS', groupBy: 'model_name', timezone: 'UTC' },
    span: {
      window: span,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }) => ({
        startTime: instantText(startMs),
        endTime: instantText(endMs),
      }),
    },
    expects: 'serverlessCosts',
    answer: fireworksUsageAnswer,
    read: (_body, { window, ...answer }) =>
      readFireworksUsage(answer.items(), { sourceId, window }),
  });
}

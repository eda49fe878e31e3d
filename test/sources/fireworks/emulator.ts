/**
 * Fireworks' gateway API for tests, from its OpenAPI file (4.259.0): amounts as google.type.Money
 * with whole units in quotes, counts as int64 in quotes, empty lists left out, at most 31 days of
 * usage an answer. Not specified there, so chosen by seed: the order of rows, page sizes, whether
 * parts of an amount that are 0 are left out, and how the end of a day is written.
 */

import { DAY_MS, dayStartMs, instantText } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';

export const KEY = 'fw_0123456789abcdefghij';
export const ACCOUNT = 'acme-ai';

/** What was used on one day of one series, in nano-dollars. */
export interface PlantedSpend {
  readonly dayMs: number;
  readonly series: 'SERVERLESS' | 'DEDICATED_DEPLOYMENT' | 'TRAINING';
  readonly nanoUsd: number;
  readonly model?: string;
  readonly prompt?: number;
  readonly completion?: number;
}

export interface PlantedAccounts {
  readonly accounts: readonly string[];
  readonly spend: readonly PlantedSpend[];
  /** False where the key is no administrator's. */
  readonly isAdmin?: boolean;
}

const problem = (code: number, message: string) => ({ code, message, details: [] });

export function fireworksDocument(planted: PlantedAccounts): EmulatedApi {
  const { accounts, spend, isAdmin = true } = planted;
  const root = `/v1/accounts/${ACCOUNT}`;
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (status, words) => problem(status, words),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v1/accounts': (asked) =>
        paged(asked, {
          rows: accounts.map((id) => ({ name: `accounts/${id}` })),
          list: 'accounts',
        }),
      [`${root}/usageCosts:query`]: (asked) =>
        isAdmin ? costsOf(asked, spend) : { status: 403, body: problem(7, 'not an administrator') },
      [`${root}/billing/summary`]: (asked) => summaryOf(asked, spend),
      [`${root}/billingUsage`]: (asked) => usageOf(asked, spend),
    },
  };
}

function moneyOf(nanoUsd: number, choose: SeededChoice) {
  const [units, nanos] = [Math.trunc(nanoUsd / 1e9), nanoUsd % 1e9];
  const isBare = choose.oneOf(true, false);
  return {
    currencyCode: 'USD',
    ...(units === 0 && isBare ? {} : { units: String(units) }),
    ...(nanos === 0 && isBare ? {} : { nanos }),
  };
}

interface Listed {
  readonly rows: readonly object[];
  readonly list: string;
  readonly cursor?: string | null;
  readonly limit?: number;
}

function paged(
  { query, choose }: EmulatedRequest,
  { rows, list, cursor, limit = 3 }: Listed,
): EmulatedReply {
  const options = { limit, cursor: cursor ?? query.get('pageToken'), name: list };
  const page = pageOfList(rows, options, choose);
  if (page === undefined) return { status: 400, body: problem(3, 'pageToken') };
  return {
    body: {
      ...(page.rows.length === 0 ? {} : { [list]: page.rows }),
      ...(page.next === undefined ? {} : { nextPageToken: page.next }),
    },
  };
}

interface CostsAsked {
  readonly startTime: string;
  readonly endTime: string;
  readonly scope: string;
  readonly groupBy: readonly string[];
  readonly pageToken?: string;
}

function costsOf(asked: EmulatedRequest, spend: readonly PlantedSpend[]): EmulatedReply {
  const sent = asked.sent as CostsAsked;
  if (sent.scope !== 'ACCOUNT' || sent.groupBy.join() !== 'DAY,MODEL') {
    return { status: 400, body: problem(3, 'scope or groupBy') };
  }
  const [startMs, endMs] = [Date.parse(sent.startTime), Date.parse(sent.endTime)];
  const own = spend.filter(
    ({ dayMs, series, model }) =>
      series === 'SERVERLESS' && model !== undefined && dayMs >= startMs && dayMs < endMs,
  );
  const rows = own.map(({ dayMs, model, nanoUsd }) => ({
    dimensions: { startTime: instantText(dayMs), model },
    subtotal: moneyOf(nanoUsd, asked.choose),
  }));
  return paged(asked, { rows, list: 'rows', cursor: sent.pageToken ?? null });
}

function summaryOf(
  { query, choose }: EmulatedRequest,
  spend: readonly PlantedSpend[],
): EmulatedReply {
  const [start, end] = [query.get('startTime'), query.get('endTime')];
  if (start === null || end === null) return { status: 400, body: problem(3, 'startTime') };
  // Only the date counts, and the last one is exclusive.
  const [startMs, endMs] = [start, end].map((text) => dayStartMs(Date.parse(text)));
  const own = spend.filter(({ dayMs }) => dayMs >= (startMs ?? 0) && dayMs < (endMs ?? 0));
  const items = [...Map.groupBy(own, ({ series }) => series)].map(([series, of]) => ({
    series,
    totalCost: moneyOf(
      of.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
      choose,
    ),
  }));
  return {
    body: items.length === 0 ? {} : { lineItems: choose.shuffled(items), usageBuckets: [] },
  };
}

function usageOf(
  { query, choose }: EmulatedRequest,
  spend: readonly PlantedSpend[],
): EmulatedReply {
  const [startMs, endMs] = ['startTime', 'endTime'].map((name) =>
    Date.parse(query.get(name) ?? ''),
  );
  if (!startMs || !endMs || endMs - startMs > 31 * DAY_MS || query.get('timezone') !== 'UTC') {
    return { status: 400, body: problem(3, 'end_time must not be more than 31 days after') };
  }
  const own = spend.filter(({ dayMs, prompt }) => {
    return prompt !== undefined && dayMs >= startMs && dayMs < endMs;
  });
  const endOf = (dayMs: number) => instantText(dayMs + DAY_MS);
  const rows = own.map(({ dayMs, model, prompt, completion }) => ({
    modelName: model,
    promptTokens: String(prompt),
    completionTokens: String(completion),
    startTime: instantText(dayMs),
    endTime: choose.oneOf(endOf(dayMs), endOf(dayMs - 1_000)),
    usageType: 'TEXT_COMPLETION_INFERENCE_USAGE',
    group: { model_name: model },
  }));
  return { body: rows.length === 0 ? {} : { serverlessCosts: choose.shuffled(rows) } };
}

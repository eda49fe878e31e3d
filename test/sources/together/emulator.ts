/**
 * Together's API v1 for tests, from its OpenAPI file (2.0.0) and, for the bill, the types of its
 * own TypeScript client: finished days of one month, decimals in quotes, pages by a cursor that is
 * valid only for its month. Not specified there, so chosen by seed: the order of lines, whether a
 * line comes in two parts, page sizes, and which optional fields are present.
 */

import { DAY_MS, dayText, instantText } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const KEY = 'tgp_v1_0123456789abcdef';
const ORGANIZATION = 'org_x';

/** One line of one day, in millionths of a dollar. */
export interface PlantedLine {
  readonly dayMs: number;
  readonly product: string;
  readonly quantity: number;
  readonly microUsd: number;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** US dollars per million tokens. */
export interface PlantedModel {
  readonly id: string;
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  /** Whether it can be called without a dedicated endpoint. */
  readonly isServerless: boolean;
}

export interface PlantedOrganization {
  readonly lines: readonly PlantedLine[];
  /** As `GET /endpoints/{id}` returns them. */
  readonly endpoints: readonly { readonly id: string; readonly name: string }[];
  readonly clusters: readonly object[];
  readonly hardware: readonly object[];
  readonly models?: readonly PlantedModel[];
  /** Days from here on are not over yet. */
  readonly todayMs: number;
  /** Whether days without use are listed; the same on every page. */
  readonly listsEmptyDays?: boolean;
  /** False until support has enabled the bill. */
  readonly isBilled?: boolean;
}

export function togetherApi(planted: PlantedOrganization, seed: string): Reply {
  return emulateApi(togetherDocument(planted), seed);
}

const problem = (message: string) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null },
});

export function togetherDocument(planted: PlantedOrganization): EmulatedApi {
  const { endpoints, clusters, hardware } = planted;
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (_status, words) => problem(words),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/billing/usage': usageOf(planted),
      '/hardware': ({ choose }) => ({ body: { object: 'list', data: choose.shuffled(hardware) } }),
      '/endpoints': ({ query, choose }) => {
        const { models = [] } = planted;
        if (query.get('type') === 'serverless') {
          const callable = models.filter(({ isServerless }) => isServerless);
          return { body: { object: 'list', data: choose.shuffled(callable.map(serverless)) } };
        }
        if (query.get('type') !== 'dedicated') return { status: 400, body: problem('type') };
        return { body: { object: 'list', data: choose.shuffled(endpoints.map(listed)) } };
      },
      '/endpoints/:id': ({ named }) => {
        const one = endpoints.find(({ id }) => id === named['id']);
        return one === undefined ? { status: 404, body: problem('no endpoint') } : { body: one };
      },
      '/models': ({ choose }) => ({
        body: choose.shuffled((planted.models ?? []).map((one) => priced(one, choose))),
      }),
      '/compute/clusters': ({ choose }) => ({ body: { clusters: choose.shuffled(clusters) } }),
    },
  };
}

function serverless({ id }: PlantedModel) {
  return {
    object: 'endpoint',
    id: `endpoint-of-${id}`,
    name: id,
    model: id,
    type: 'serverless',
    owner: 'together',
    state: 'STARTED',
    created_at: '2024-02-28T21:34:35.444Z',
  };
}

function priced({ id, input, output, cached }: PlantedModel, choose: SeededChoice) {
  return {
    id,
    object: 'model',
    created: 1_692_896_905,
    type: 'chat',
    display_name: 'planted_name',
    organization: 'Meta',
    ...choose.oneOf({ context_length: 131_072 }, {}),
    pricing: {
      hourly: 0,
      input: choose.oneOf<number | string>(input, String(input)),
      output,
      base: 0,
      finetune: 0,
      ...(cached === undefined ? {} : { cached_input: cached }),
    },
  };
}

/** A list leaves out the hardware and the replicas. */
function listed(one: object) {
  const hidden = ['hardware', 'autoscaling', 'display_name'];
  return Object.fromEntries(Object.entries(one).filter(([name]) => !hidden.includes(name)));
}

function usageOf(planted: PlantedOrganization) {
  const { lines, todayMs, isBilled = true, listsEmptyDays = false } = planted;
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const month = query.get('month') ?? '';
    const organization = query.get('organization_id') ?? ORGANIZATION;
    if (!isBilled) return { status: 404, body: problem('not found') };
    if (organization !== ORGANIZATION) return { status: 403, body: problem('forbidden') };
    if (query.get('granularity') !== 'day' || !/^\d{4}-\d\d$/.test(month)) {
      return { status: 400, body: problem('invalid month or granularity') };
    }
    const days = daysOf(month, todayMs);
    const result = days
      .map((dayMs) => ({ dayMs, items: lines.filter((line) => line.dayMs === dayMs) }))
      .filter(({ items }) => items.length > 0 || listsEmptyDays);
    const limit = Math.min(Number(query.get('limit') ?? '100'), 8);
    const options = { limit, cursor: query.get('after'), name: month };
    const page = pageOfList(result, options, choose);
    if (page === undefined) return { status: 400, body: problem('the cursor is of another month') };
    const [first, last] = [result[0], result.at(-1)];
    return {
      body: {
        object: 'list',
        organization_id: ORGANIZATION,
        billing_period: month,
        currency: 'USD',
        earliest_window_start: first === undefined ? null : instantText(first.dayMs),
        latest_window_end: last === undefined ? null : instantText(last.dayMs + DAY_MS),
        data: page.rows.map(({ dayMs, items }) => windowOf(dayMs, items, choose)),
        next_cursor: page.next ?? null,
      },
    };
  };
}

function daysOf(month: string, todayMs: number): number[] {
  const days: number[] = [];
  const startMs = Date.parse(`${month}-01`);
  for (let dayMs = startMs; dayMs < todayMs; dayMs += DAY_MS) {
    if (dayText(dayMs).slice(0, 7) !== month) break;
    days.push(dayMs);
  }
  return days;
}

function windowOf(dayMs: number, items: readonly PlantedLine[], choose: SeededChoice) {
  return {
    date: dayText(dayMs),
    start_time: instantText(dayMs),
    end_time: instantText(dayMs + DAY_MS),
    line_items: choose.shuffled(items.flatMap((line) => rowsOf(line, choose))),
  };
}

/** A line as one row, or as two identical ones. */
function rowsOf(line: PlantedLine, choose: SeededChoice): object[] {
  const { product, quantity, microUsd, dimensions = {}, attributes = {} } = line;
  const parts = choose.oneOf([1], [0.5, 0.5]);
  return parts.map((part) => ({
    product_name: product,
    quantity: String(quantity * part),
    unit_price: quantity === 0 ? '0' : String(Math.abs(microUsd / 1e6 / quantity)),
    cost: ((microUsd * part) / 1e6).toFixed(7),
    pricing_dimensions: dimensions,
    attributes,
  }));
}

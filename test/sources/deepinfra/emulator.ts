/**
 * DeepInfra's API for tests. Prices from its page on the OpenAI-compatible API and the metadata
 * that `filter=with_meta` adds: dollars per million tokens. The bill from its OpenAPI file (0.1.0):
 * months of the account's own time, with both ends in them, amounts in whole cents. Not specified
 * there, so chosen by seed: orders, whether a number is in quotes, which optional fields are
 * present, whether a line has the time of its price, and what replaces an invoice that does not
 * exist yet.
 */

import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  type EmulatedReply,
} from '../../support/emulator.ts';

export const KEY = 'deepinfra-0123456789abcdef';

/** US dollars per million tokens. */
export const PRICES = [
  ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 0.1, 0.32, undefined],
  ['openai/gpt-oss-120b', 0.037, 0.17, 0.012],
  ['Qwen/Qwen3-32B', 0.08, 0.28, undefined],
] as const;

export interface PlantedLine {
  readonly model: string;
  readonly type: string;
  readonly units: number;
  readonly cents: number;
  /** When this price began and ended, where it did not hold all month. */
  readonly interval?: { readonly fr: number; readonly to: number };
  readonly discount?: string;
}

export interface PlantedMonth {
  /** `2026.09` */
  readonly period: string;
  readonly lines: readonly PlantedLine[];
  readonly invoice?: string;
  /** The stated total, where that is not the sum of its lines. */
  readonly total?: number | null;
}

/** How far the account's clock is behind UTC: its months begin at 07:00. */
export const BEHIND_MS = 7 * 3_600_000;

export function deepinfraDocument(months: readonly PlantedMonth[]): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (_status, message) => ({ detail: { error: message } }),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v1/openai/models': ({ query, choose }) => {
        const data = listed(choose);
        const plain = data.map(({ metadata: _metadata, ...model }) => model);
        const isWith = query.get('filter') === 'with_meta';
        return { body: { object: 'list', data: choose.shuffled<object>(isWith ? data : plain) } };
      },
      '/payment/usage': (asked) => usageOf(asked, months),
    },
  };
}

function listed(choose: SeededChoice) {
  return PRICES.map(([id, input, output, cached]) => ({
    id,
    object: 'model',
    created: 0,
    owned_by: 'deepinfra',
    root: id,
    parent: null,
    metadata: {
      description: 'planted_description',
      ...choose.oneOf({ context_length: 131_072 }, {}),
      max_tokens: choose.oneOf(16_384, null),
      pricing: {
        input_tokens: choose.oneOf<number | string>(input, String(input)),
        output_tokens: output,
        ...(cached === undefined ? {} : { cache_read_tokens: cached }),
      },
      tags: ['prompt_cache'],
    },
  }));
}

const MONTH = /^(\d{4})\.(\d{2})$/;

/** One month, because requests have no `to`. */
function usageOf(
  { query, choose }: EmulatedRequest,
  months: readonly PlantedMonth[],
): EmulatedReply {
  const asked = MONTH.exec(query.get('from') ?? '');
  if (asked === null || query.has('to')) {
    const detail = [{ loc: ['query', 'from'], msg: 'separator should be .', type: 'value_error' }];
    return { status: 422, body: { detail } };
  }
  const [, year, number] = asked.map(Number);
  const bounds = {
    fr: Date.UTC(year ?? 0, (number ?? 1) - 1, 1) + BEHIND_MS,
    to: Date.UTC(year ?? 0, number ?? 1, 1) + BEHIND_MS - 1,
  };
  const found = months.filter(({ period }) => period === query.get('from'));
  const [first] = months.map(({ period }) => period).sort();
  return {
    body: {
      months: found.map((one) => monthOf(one, bounds, choose)),
      initial_month: first ?? query.get('from'),
    },
  };
}

function monthOf(
  { period, lines, invoice, total }: PlantedMonth,
  bounds: { readonly fr: number; readonly to: number },
  choose: SeededChoice,
) {
  const cents = lines.reduce((sum, line) => sum + line.cents, 0);
  const items = lines.map((line) => ({
    model: {
      provider: 'di',
      model_name: line.model,
      task: 'text-generation',
      ...choose.oneOf({}, { plan_id: null }),
      private: line.type === 'uptime',
    },
    units: line.units,
    rate: line.units === 0 ? 0 : line.cents / line.units,
    cost: line.cents,
    pricing_type: line.type,
    interval: line.interval ?? choose.oneOf<object>(bounds, { fr: 0, to: 4_000_000_000_000 }),
    ...(line.discount === undefined
      ? choose.oneOf({}, { discount: null })
      : { discount: { name: line.discount, description: null } }),
  }));
  return {
    period,
    interval: bounds,
    items: choose.shuffled(items),
    total_cost: total === undefined ? cents : total,
    ...(invoice === undefined
      ? choose.oneOf<object>({ invoice_id: 'NOT_FINAL' }, { invoice_id: null }, {})
      : { invoice_id: invoice }),
  };
}

/** Reads models.dev: providers with their models, in US dollars per million tokens. */

import { z } from 'zod';
import { USD_PER_MTOK } from '../../domain/price.ts';
import {
  decimalText,
  firstFaultText,
  plainNumber,
  wholeNumber,
} from '../../platform/responseSchemas.ts';
import { toContextLength } from '../priceList.ts';
import type { PriceText } from '../tokenPrices.ts';
import {
  type CatalogShape,
  type CatalogEntry,
  isObject,
  type LongerPrompts,
  selectMembers,
  type UnreadableEntry,
  readCatalogPrices,
  SCALAR,
} from './catalogShape.ts';

const rates = z.object({
  input: decimalText.nullish(),
  output: decimalText.nullish(),
  cache_read: decimalText.nullish(),
  cache_write: decimalText.nullish(),
});
const tier = rates.extend({
  tier: z.object({ type: z.literal('context').nullish(), size: wholeNumber }),
});
const model = z.object({
  cost: rates
    .extend({ tiers: z.array(tier).nullish(), context_over_200k: rates.nullish() })
    .nullish(),
  limit: z.object({ context: plainNumber.nullish() }).nullish().catch(undefined),
});

const RATES = { input: SCALAR, output: SCALAR, cache_read: SCALAR, cache_write: SCALAR };
const TIER = selectMembers({ ...RATES, tier: selectMembers({ type: SCALAR, size: SCALAR }) });
const MODEL = selectMembers({
  cost: selectMembers({
    ...RATES,
    tiers: { scalar: false, list: TIER },
    context_over_200k: selectMembers(RATES),
  }),
  limit: selectMembers({ context: SCALAR }),
});

export const MODELS_DEV: CatalogShape = {
  baseUrl: 'https://models.dev',
  path: ['api.json'],
  expects: 'openai',
  fields: (isWanted) => {
    const models = {
      scalar: false,
      member: (id: string) => (isWanted(id) ? MODEL : undefined),
    };
    const provider = selectMembers({ name: SCALAR, models });
    return { scalar: false, member: () => provider };
  },
  entries: ({ frame }) => entriesOf(frame),
  read(record) {
    const read = model.safeParse(record);
    if (!read.success) return firstFaultText(read.error);
    const { cost, limit } = read.data;
    if (cost == null) return [];
    const priced = readCatalogPrices(textsOf(cost, 'cost'), longerOf(cost), USD_PER_MTOK);
    if (typeof priced === 'string') return priced;
    return priced === undefined ? [] : [{ ...priced, ...toContextLength(limit?.context) }];
  },
};

function* entriesOf(frame: unknown): Generator<CatalogEntry | UnreadableEntry> {
  if (!isObject(frame)) return;
  for (const [provider, record] of Object.entries(frame)) {
    const models = isObject(record) ? record['models'] : undefined;
    if (!isObject(record) || !isObject(models)) {
      yield { provider, record, fault: `${provider} has no models` };
      continue;
    }
    const providerName = typeof record['name'] === 'string' ? record['name'] : undefined;
    for (const [id, of] of Object.entries(models)) yield { provider, providerName, id, record: of };
  }
}

function textsOf(prices: z.output<typeof rates>, where: string): PriceText[] {
  return [
    ['inputPerMtok', `${where}.input`, prices.input],
    ['outputPerMtok', `${where}.output`, prices.output],
    ['cachedInputPerMtok', `${where}.cache_read`, prices.cache_read],
    ['cacheWritePerMtok', `${where}.cache_write`, prices.cache_write],
  ];
}

/** `tiers` replaced the older `context_over_200k`. */
function longerOf(cost: NonNullable<z.output<typeof model>['cost']>): LongerPrompts[] {
  const { tiers, context_over_200k: over } = cost;
  if (tiers != null && tiers.length > 0) {
    return tiers.map((each, at) => ({
      minPromptTokens: each.tier.size,
      texts: textsOf(each, `cost.tiers.${at}`),
    }));
  }
  if (over == null) return [];
  return [{ minPromptTokens: 200_000, texts: textsOf(over, 'cost.context_over_200k') }];
}

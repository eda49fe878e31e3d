/**
 * Reads LiteLLM's price list: models by key, in US dollars per token, with a price per service
 * tier.
 */

import { z } from 'zod';
import { type ServiceTier, type TokenPrices, USD_PER_TOKEN } from '../../domain/price.ts';
import type { JsonFields } from '../../platform/jsonFilter.ts';
import { decimalText, firstFaultText, plainNumber } from '../../platform/responseSchemas.ts';
import { providerName } from '../fieldTypes.ts';
import { toContextLength } from '../priceList.ts';
import type { PriceText } from '../tokenPrices.ts';
import {
  type CatalogShape,
  type CatalogEntry,
  isObject,
  type LongerPrompts,
  selectMembers,
  type UnreadableEntry,
  type CatalogPrice,
  readCatalogPrices,
  SCALAR,
} from './catalogShape.ts';

const KINDS: Readonly<Record<string, keyof TokenPrices>> = {
  input_cost_per_token: 'inputPerMtok',
  output_cost_per_token: 'outputPerMtok',
  cache_read_input_token_cost: 'cachedInputPerMtok',
  cache_creation_input_token_cost: 'cacheWritePerMtok',
};
const TIERS: Readonly<Record<string, ServiceTier>> = {
  batches: 'batch',
  flex: 'flex',
  priority: 'priority',
};
/**
 * Matches e.g. `input_cost_per_token_above_200k_tokens_priority`. Other price fields are per image,
 * second and so on.
 */
const PRICE = new RegExp(
  `^(${Object.keys(KINDS).join('|')})(?:_above_(\\d+)k_tokens)?(?:_(batches|flex|priority))?$`,
);

const model = z.object({
  max_input_tokens: plainNumber.nullish().catch(undefined),
  deprecation_date: z.string().nullish().catch(undefined),
  tiered_pricing: z
    .array(z.looseObject({ range: z.tuple([plainNumber]).rest(z.unknown()) }))
    .nullish(),
});
const owner = z.object({ litellm_provider: providerName });

const PRICES: JsonFields['member'] = (name) => (PRICE.test(name) ? SCALAR : undefined);
const RANGE = selectMembers({ range: { scalar: false, list: SCALAR } });
const TIERED: JsonFields = {
  scalar: false,
  list: { scalar: false, member: (name) => PRICES(name) ?? RANGE.member?.(name) },
};
const OTHERS = selectMembers({
  litellm_provider: SCALAR,
  max_input_tokens: SCALAR,
  deprecation_date: SCALAR,
  tiered_pricing: TIERED,
});
const MODEL: JsonFields = {
  scalar: false,
  member: (name) => PRICES(name) ?? OTHERS.member?.(name),
};
/** Only the presence of the member is read. */
const NAME_ONLY: JsonFields = { scalar: false };

export const LITELLM: CatalogShape = {
  baseUrl: 'https://raw.githubusercontent.com/BerriAI/litellm/main',
  path: ['model_prices_and_context_window.json'],
  expects: 'sample_spec',
  fields: (isWanted) => ({
    scalar: false,
    member: (key) => (isWanted(key) ? MODEL : NAME_ONLY),
  }),
  entries: ({ frame }) => entriesOf(frame),
  read(record, atMs) {
    const read = model.safeParse(record);
    if (!read.success) return firstFaultText(read.error);
    const { deprecation_date: lastDay, ...terms } = read.data;
    // LiteLLM keeps deprecated models in the list.
    const isGone = lastDay != null && Date.parse(lastDay) <= atMs;
    return isGone || !isObject(record) ? [] : tiersOf(record, terms);
  },
};

function* entriesOf(frame: unknown): Generator<CatalogEntry | UnreadableEntry> {
  if (!isObject(frame)) return;
  for (const [key, record] of Object.entries(frame)) {
    if (isObject(record) && Object.keys(record).length === 0) continue;
    const read = owner.safeParse(record);
    if (!read.success) yield { record, fault: `${key}: ${firstFaultText(read.error)}` };
    else {
      const { litellm_provider: provider } = read.data;
      yield { provider, id: idOf(key, provider), key, record };
    }
  }
}

/** `groq/openai/gpt-oss-120b` is `openai/gpt-oss-120b` at Groq. */
function idOf(key: string, provider: string): string {
  const [first = '', ...rest] = key.split('/');
  return rest.length > 0 && provider.startsWith(first) ? rest.join('/') : key;
}

type Terms = Omit<z.output<typeof model>, 'deprecation_date'>;

function tiersOf(
  record: Readonly<Record<string, unknown>>,
  terms: Terms,
): readonly CatalogPrice[] | string {
  const all: CatalogPrice[] = [];
  for (const suffix of ['', ...Object.keys(TIERS)]) {
    const found = textsOf(record, suffix);
    if (typeof found === 'string') return found;
    const { flat, longer } = withRanges(found, suffix === '' ? terms : {});
    if (typeof flat === 'string') return flat;
    const priced = readCatalogPrices(flat, longer, USD_PER_TOKEN);
    if (typeof priced === 'string') return priced;
    if (priced === undefined) continue;
    const serviceTier = TIERS[suffix];
    all.push({
      ...priced,
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...toContextLength(terms.max_input_tokens),
    });
  }
  return all;
}

interface Texts {
  readonly flat: readonly PriceText[];
  readonly longer: readonly LongerPrompts[];
}

/** The prices of one tier, flat and by prompt length. A string is the fault. */
function textsOf(record: Readonly<Record<string, unknown>>, suffix: string): Texts | string {
  const flat: PriceText[] = [];
  const longer = new Map<number, PriceText[]>();
  for (const [name, value] of Object.entries(record)) {
    const [, kind = '', above, tier = ''] = PRICE.exec(name) ?? [];
    const price = KINDS[kind];
    if (price === undefined || tier !== suffix) continue;
    const read = decimalText.nullable().safeParse(value);
    if (!read.success) return `${name}: ${read.error.issues[0]?.message ?? 'no price'}`;
    const text: PriceText = [price, name, read.data];
    if (above === undefined) flat.push(text);
    else {
      const minPromptTokens = Number(above) * 1000;
      longer.set(minPromptTokens, [...(longer.get(minPromptTokens) ?? []), text]);
    }
  }
  return {
    flat,
    longer: [...longer].map(([minPromptTokens, texts]) => ({ minPromptTokens, texts })),
  };
}

/** Uses `tiered_pricing` ranges by prompt length where there are no flat prices. */
function withRanges(
  { flat, longer }: Texts,
  { tiered_pricing: ranges }: Partial<Pick<Terms, 'tiered_pricing'>>,
): { flat: readonly PriceText[] | string; longer: readonly LongerPrompts[] } {
  if (flat.length > 0 || ranges == null) return { flat, longer };
  const read = ranges.map((each) => ({ fromTokens: each.range[0], texts: textsOf(each, '') }));
  const fault = read.find(({ texts }) => typeof texts === 'string')?.texts;
  if (typeof fault === 'string') return { flat: `tiered_pricing: ${fault}`, longer: [] };
  const tiers = read.map(({ fromTokens: minPromptTokens, texts }) => ({
    minPromptTokens,
    texts: typeof texts === 'string' ? [] : texts.flat,
  }));
  const first = tiers.find(({ minPromptTokens }) => minPromptTokens === 0);
  return { flat: first?.texts ?? [], longer: tiers.filter((each) => each !== first) };
}

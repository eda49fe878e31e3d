/** The daily purchases of the company from hosted APIs, and their cost. */

import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import { dayStartsIn, isWeekend, TIMELINE } from './calendar.ts';
import { OFFERS, findListPrice } from './market.ts';

/** The sources of hosted APIs, by their IDs in the demo's config. */
export const HOSTED_APIS = ['router', 'openai'] as const;

/** A token class on the bill of one day. */
export interface PurchasedTokens {
  readonly name: 'input' | 'cached input' | 'output';
  readonly tokens: number;
  /** Always whole: tokens are multiples of 100,000, and prices have few decimals. */
  readonly microUsd: number;
}

/** The purchases of one model on one day. */
export interface Purchase {
  readonly source: (typeof HOSTED_APIS)[number];
  readonly model: string;
  /** The deployment whose traffic it is; absent if none. */
  readonly deployment?: string;
  /** The provider that served the model. */
  readonly provider: string;
  readonly dayMs: number;
  readonly requests: number;
  readonly classes: readonly PurchasedTokens[];
}

const LOT = 100_000;
const NOON_MS = 12 * HOUR_MS;

/** Overflow of support-chat on weekdays, at the price of its provider at noon. */
function chatAt(dayMs: number): Purchase | undefined {
  const day = Math.floor(dayMs / DAY_MS);
  const offer = OFFERS.find(({ model, tag }) => model === CHAT && tag === 'parasail/fp8');
  const price = offer && findListPrice(offer, dayMs + NOON_MS);
  if (price === undefined || isWeekend(dayMs)) return undefined;
  const [input, output] = [280 + (day % 7) * 5, 50 + (day % 3)];
  return {
    source: 'router',
    model: CHAT,
    deployment: 'support-chat',
    provider: 'Parasail',
    dayMs,
    requests: 15_000 + (day % 7) * 10,
    classes: [lots('input', input, price.input), lots('output', output, price.output)],
  };
}

const CHAT = 'meta-llama/llama-3.3-70b-instruct';

/** An experiment that belongs to no deployment. */
function experimentAt(dayMs: number): Purchase {
  const day = Math.floor(dayMs / DAY_MS);
  return {
    source: 'openai',
    model: 'gpt-5-mini',
    provider: 'OpenAI',
    dayMs,
    requests: 900 + (day % 5),
    classes: [
      lots('input', 60 + (day % 4), '0.25'),
      lots('cached input', 40, '0.025'),
      lots('output', 8 + (day % 2), '2'),
    ],
  };
}

function lots(name: PurchasedTokens['name'], count: number, usdPerMtok: string): PurchasedTokens {
  return { name, tokens: count * LOT, microUsd: Math.round(Number(usdPerMtok) * LOT) * count };
}

/** Includes the days before and after the quarter, which must not count. */
export const PURCHASES: readonly Purchase[] = dayStartsIn(TIMELINE).flatMap((dayMs) => {
  const chat = chatAt(dayMs);
  return [...(chat === undefined ? [] : [chat]), experimentAt(dayMs)];
});

export function sumPurchasedTokens(
  { classes }: Purchase,
  ...names: PurchasedTokens['name'][]
): number {
  const counted = classes.filter(({ name }) => names.length === 0 || names.includes(name));
  return counted.reduce((sum, { tokens }) => sum + tokens, 0);
}

export function sumMicroUsd({ classes }: Purchase): number {
  return classes.reduce((sum, { microUsd }) => sum + microUsd, 0);
}

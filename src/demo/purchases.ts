/** What the company buys from hosted APIs already, day by day, and what it costs. */

import { DAY_MS, HOUR_MS } from '../domain/period.ts';
import { daysIn, isWeekend, TIMELINE } from './calendar.ts';
import { OFFERS, priceAt } from './market.ts';

/** Where models are bought, by the id in the demo's config. */
export const HOSTED_APIS = ['router', 'openai'] as const;

/** A class of tokens on the bill of a day. */
export interface BoughtClass {
  readonly name: 'input' | 'cached input' | 'output';
  readonly tokens: number;
  /** Whole: tokens come by the hundred thousand, and prices have few decimals. */
  readonly microUsd: number;
}

/** One day of one model. */
export interface Purchase {
  readonly source: (typeof HOSTED_APIS)[number];
  readonly model: string;
  /** Whose traffic it is, if anybody's. */
  readonly deployment?: string;
  /** Who served it, where a router was between. */
  readonly provider: string;
  readonly dayMs: number;
  readonly requests: number;
  readonly classes: readonly BoughtClass[];
}

const LOT = 100_000;
const NOON_MS = 12 * HOUR_MS;

/** Overflow of support-chat on weekdays, at the price that its host asks at noon. */
function chatAt(dayMs: number): Purchase | undefined {
  const day = Math.floor(dayMs / DAY_MS);
  const host = OFFERS.find(({ model, tag }) => model === CHAT && tag === 'parasail/fp8');
  const price = host && priceAt(host, dayMs + NOON_MS);
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

/** A team's own experiment, which no deployment answers for. */
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

function lots(name: BoughtClass['name'], count: number, usdPerMtok: string): BoughtClass {
  return { name, tokens: count * LOT, microUsd: Math.round(Number(usdPerMtok) * LOT) * count };
}

/** Also of the days around the quarter, which must not count. */
export const PURCHASES: readonly Purchase[] = daysIn(TIMELINE).flatMap((dayMs) => {
  const chat = chatAt(dayMs);
  return [...(chat === undefined ? [] : [chat]), experimentAt(dayMs)];
});

export function tokensOf({ classes }: Purchase, ...names: BoughtClass['name'][]): number {
  const counted = classes.filter(({ name }) => names.length === 0 || names.includes(name));
  return counted.reduce((sum, { tokens }) => sum + tokens, 0);
}

export function microUsdOf({ classes }: Purchase): number {
  return classes.reduce((sum, { microUsd }) => sum + microUsd, 0);
}

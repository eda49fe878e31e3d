/** Tokens that were bought from hosted APIs: as usage tells them, and as lines of bills do. */

import type { Charge } from './charge.ts';
import { type Exact, exact, multiply } from './exact.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

/**
 * What a hosted API served of one model in one period, in disjoint token classes. Unknown is
 * absent, never zero. The prompt is `uncachedPromptTokens`, `cachedPromptTokens` and
 * `cacheWriteTokens` together; where the cache is unknown all of it stands under uncached.
 */
export interface HostedUsage {
  readonly sourceId: string;
  /** As the source names it; the `model` tag of its charges says the same. */
  readonly model: string;
  /** Who served it, where the source is a router. */
  readonly host?: string;
  readonly period: Period;
  readonly uncachedPromptTokens: number;
  /** Read from the host's cache. */
  readonly cachedPromptTokens?: number;
  /** Written to the host's cache. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
  /** Inside the output. */
  readonly reasoningTokens?: number;
  readonly requests?: number;
  /** As the source calls it: `batch`, `flex`, `priority`; absent is the standard one. */
  readonly serviceTier?: string;
  /** What the usage itself says it came to; the bill's word is the charges'. */
  readonly usd?: NanoUsd;
  /** Told by a gateway in between and not by who sells: a second opinion, never added. */
  readonly secondHand?: true;
}

/** What one line of a bill counts, where it counts tokens of one class. */
export const TOKEN_CLASSES = ['input', 'cached-input', 'cache-write', 'output'] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tags of a charge for tokens: the model as its host names it, and which tokens it counts. */
export const MODEL_TAG = 'model';
export const TOKEN_CLASS_TAG = 'token_class';

/** Tokens in one unit of a bill: `Tokens` is 1, `1K tokens` 1,000, `1M Tokens` a million. */
export function tokensInUnit(unit: string | undefined): number | undefined {
  const said = /^([\d,]*) ?([km]?)[ -]?tokens?$/i.exec(unit?.trim() ?? '');
  if (said === null) return undefined;
  const [, digits = '', scale = ''] = said;
  const count = digits === '' ? 1 : Number(digits.replaceAll(',', ''));
  const times = scale === '' ? 1 : scale.toLowerCase() === 'k' ? 1_000 : 1_000_000;
  return Number.isSafeInteger(count) && count > 0 ? count * times : undefined;
}

/**
 * The tokens that a line of a bill counts: 250 of `1K tokens` are 250,000; `undefined` where it
 * counts none or does not say of which class.
 */
export function billedTokens(
  charge: Pick<Charge, 'category' | 'tags' | 'quantity' | 'unit'>,
): { readonly model: string; readonly of: TokenClass; readonly tokens: Exact } | undefined {
  const { category, tags = {}, quantity, unit } = charge;
  const [model, of] = [tags[MODEL_TAG], TOKEN_CLASSES.find((one) => one === tags[TOKEN_CLASS_TAG])];
  const each = tokensInUnit(unit);
  if (category !== 'hosted' || model === undefined || of === undefined) return undefined;
  if (quantity === undefined || each === undefined) return undefined;
  return { model, of, tokens: multiply(quantity, exact(BigInt(each))) };
}

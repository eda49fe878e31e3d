/** Tokens bought from hosted APIs, as usage and as bill lines. */

import type { Charge } from './charge.ts';
import { type Exact, exact, multiply } from './exact.ts';
import type { NanoUsd } from './money.ts';
import type { Period } from './period.ts';

/**
 * Usage of one model at a hosted API in one period, in disjoint token classes. Unknown is absent,
 * never zero. The prompt is the sum of `uncachedPromptTokens`, `cachedPromptTokens` and
 * `cacheWriteTokens`. If cache use is unknown, the whole prompt is in `uncachedPromptTokens`.
 */
export interface HostedUsage {
  readonly sourceId: string;
  /** The source's name for it, equal to the `model` tag of its charges. */
  readonly model: string;
  /** The provider, if the source is a router. */
  readonly host?: string;
  readonly period: Period;
  readonly uncachedPromptTokens: number;
  /** Read from the provider's cache. */
  readonly cachedPromptTokens?: number;
  /** Written to the provider's cache. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
  /** Included in `outputTokens`. */
  readonly reasoningTokens?: number;
  readonly requests?: number;
  /** In the source's terms: `batch`, `flex`, `priority`; absent is standard. */
  readonly serviceTier?: string;
  /** Cost as stated by the usage data. The billed cost is in the charges. */
  readonly usd?: NanoUsd;
  /** Set if a gateway reports it and not the provider: a second opinion, never added. */
  readonly secondHand?: true;
}

/** Token classes that a bill line can count. */
export const TOKEN_CLASSES = ['input', 'cached-input', 'cache-write', 'output'] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tags of a token charge: the provider's model name, and the token class. */
export const MODEL_TAG = 'model';
export const TOKEN_CLASS_TAG = 'token_class';

/** Tokens in one billing unit: `Tokens` is 1, `1K tokens` 1,000, `1M Tokens` a million. */
export function tokensInUnit(unit: string | undefined): number | undefined {
  const match = /^([\d,]*) ?([km]?)[ -]?tokens?$/i.exec(unit?.trim() ?? '');
  if (match === null) return undefined;
  const [, digits = '', scale = ''] = match;
  const count = digits === '' ? 1 : Number(digits.replaceAll(',', ''));
  const times = scale === '' ? 1 : scale.toLowerCase() === 'k' ? 1_000 : 1_000_000;
  return Number.isSafeInteger(count) && count > 0 ? count * times : undefined;
}

/**
 * Tokens on a bill line: 250 of `1K tokens` are 250,000; `undefined` if the line is not for tokens
 * or does not state the class.
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

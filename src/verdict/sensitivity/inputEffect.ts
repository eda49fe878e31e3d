/** Types of an input's effect on a saving: the input with its ends, and the saving at each end. */

import type { Exact } from '../../domain/exact.ts';
import type { RatioText, UsdText } from '../auditWord.ts';

export interface InputEffect {
  readonly detail: EffectDetail;
  readonly savingAtLowUsd: Exact;
  readonly savingAtHighUsd: Exact;
}

/** An input and its ends. */
export type EffectDetail =
  | Between<'self-hosted-hours' | 'hosting-hours', 'lowHours' | 'baseHours' | 'highHours'>
  /** Share of our cache hits that are also hits at the provider. */
  | Between<'cache-share', 'lowShare' | 'baseShare' | 'highShare'>
  | PriceShift
  /** The lightest and the busiest week over the mean week, less 1. */
  | Between<'tokens', 'lowChange' | 'highChange'>
  /** Hosted cost of all changes at the cheapest, the chosen and the most expensive provider. */
  | ({ readonly code: 'host' } & Readonly<Record<'lowUsd' | 'baseUsd' | 'highUsd', UsdText>>);

/** A price over the measured price, less 1. */
type PriceShift = Between<'hosted-price' | 'gpu-rate', 'lowChange' | 'highChange'>;

type Between<Code extends string, Ends extends string> = { readonly code: Code } & Readonly<
  Record<Ends, RatioText>
>;

/** A scenario: one changed price, others unchanged. */
export interface ScenarioDetail {
  readonly code: 'price-change';
  readonly input: PriceShift['code'];
  /** New price over the measured price, less 1. */
  readonly change: RatioText;
}

/** Order of inputs with equal effects. */
export const EFFECT_CODES = [
  'gpu-rate',
  'cache-share',
  'host',
  'hosted-price',
  'hosting-hours',
  'self-hosted-hours',
  'tokens',
] as const satisfies readonly EffectDetail['code'][];

/** What one input does to a saving: the input and its ends as a fact, the saving at each end. */

import type { Exact } from '../../domain/exact.ts';
import type { RatioText, UsdText } from '../auditWord.ts';

export interface Effect {
  readonly detail: EffectDetail;
  readonly savingAtLowUsd: Exact;
  readonly savingAtHighUsd: Exact;
}

/** An input, and how far it was moved. */
export type EffectDetail =
  | Between<'self-hosted-hours' | 'hosting-hours', 'lowHours' | 'baseHours' | 'highHours'>
  /** Of our cache hits, so many are hits at the host too. */
  | Between<'cache-share', 'lowShare' | 'baseShare' | 'highShare'>
  | PriceShift
  /** The lightest and the busiest week over the mean one, less 1. */
  | Between<'tokens', 'lowChange' | 'highChange'>
  /** Of all that changes: dollars at its cheapest, its chosen and its most expensive host. */
  | ({ readonly code: 'host' } & Readonly<Record<'lowUsd' | 'baseUsd' | 'highUsd', UsdText>>);

/** A price over what was measured, less 1. */
type PriceShift = Between<'hosted-price' | 'gpu-rate', 'lowChange' | 'highChange'>;

type Between<Code extends string, Ends extends string> = { readonly code: Code } & Readonly<
  Record<Ends, RatioText>
>;

/** A scenario: one price that moved, with all else as it is. */
export interface ScenarioDetail {
  readonly code: 'price-change';
  readonly input: PriceShift['code'];
  /** What it is then over what was measured, less 1. */
  readonly change: RatioText;
}

/** In which inputs stand whose effect is the same. */
export const EFFECT_CODES = [
  'gpu-rate',
  'cache-share',
  'host',
  'hosted-price',
  'hosting-hours',
  'self-hosted-hours',
  'tokens',
] as const satisfies readonly EffectDetail['code'][];

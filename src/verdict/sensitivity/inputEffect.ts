/**
 * Types of an input's break-even, and of its effect on a saving: the input with its ends, and the
 * saving at each end.
 */

import type { Exact } from '../../domain/exact.ts';
import type { RatioText, UsdText } from '../../domain/figures.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

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

/**
 * Inputs with a break-even, in the unit of their figures: shares, dollars, hours of the window,
 * tokens.
 */
export type BreakEvenInputCode =
  | 'tokens-per-day'
  | 'utilization'
  | 'hosted-price'
  | 'gpu-rate'
  | 'ops-hours'
  | 'cache-share';

/** At `flipsAt`, others as measured, a change saves nothing. */
export interface SolvedBreakEven {
  readonly code: BreakEvenInputCode;
  readonly today: Exact;
  readonly flipsAt: Exact;
  /** For a GPU rate, if a contract fixes some prices. */
  readonly contract?: FixedRate;
}

export interface InputBreakEven extends SolvedBreakEven {
  /** `flipsAt` over `today`, less 1. Absent if `today` is 0. */
  readonly change?: Exact;
}

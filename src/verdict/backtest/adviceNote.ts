/** Notes on earlier advice, as structured data: how its saving is known, or why it is not. */

import type { RatioText, UsdText } from '../../domain/figures.ts';

/** Notes on one deployment in two windows. "Before" is the window of the previous audit. */
export type AdviceNote =
  /** Too many of its tokens have no bill to determine anything. */
  | { readonly code: 'much-unbilled'; readonly unbilledShare: RatioText }
  /** It is no longer in the config, and no other data shows what became of it. */
  | { readonly code: 'not-in-config' }
  | { readonly code: 'gone-billing-unknown' }
  /** Unattributed spend rose by this much, so it may still be billed. */
  | { readonly code: 'gone-maybe-billed'; readonly unattributedUsd: UsdText }
  | { readonly code: 'gone' }
  | { readonly code: 'nothing-spent-before' }
  | { readonly code: 'spend'; readonly usd: UsdText; readonly beforeUsd: UsdText }
  | { readonly code: 'advised-hours-unknown' }
  | { readonly code: 'no-hours-billed' }
  /** The advised hours are too close to the hours paid before to tell them apart. */
  | {
      readonly code: 'advised-hours-alike';
      readonly advisedHours: RatioText;
      readonly beforeHours: RatioText;
    }
  /** Replica-hours. The advised hours are scaled to this window's length. */
  | { readonly code: 'hours'; readonly paidHours: RatioText; readonly advisedHours: RatioText }
  | { readonly code: 'hour-cost-unknown' }
  /** Dollars per replica-hour, and the sources that bill it now. */
  | {
      readonly code: 'hour-cost';
      readonly usdPerHour: UsdText;
      readonly beforeUsdPerHour: UsdText;
      readonly sources: readonly string[];
    }
  | { readonly code: 'windows-not-alike' }
  | { readonly code: 'saving-by-bills' }
  | { readonly code: 'spend-before-unknown' }
  /** It was advised to buy tokens, but the bills show no more tokens than before. */
  | { readonly code: 'no-tokens-bought' }
  | { readonly code: 'saving-only-together' }
  | { readonly code: 'not-taken-cost-unknown' }
  | { readonly code: 'not-taken' }
  /** Relative change of its tokens per day. Negative if they fell. */
  | { readonly code: 'traffic-changed'; readonly changeShare: RatioText };

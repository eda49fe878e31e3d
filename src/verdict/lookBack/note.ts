/** What is known of advice that was given: how its saving is known, or what that lacks. */

import type { RatioText, UsdText } from '../auditWord.ts';

/** Facts of one deployment in two windows; "before" is the window of the last audit. */
export type AdviceNote =
  /** So much of what it served was not billed that nothing can be told. */
  | { readonly code: 'much-unbilled'; readonly unbilledShare: RatioText }
  /** It is no longer in the config, and nothing else tells what became of it. */
  | { readonly code: 'not-in-config' }
  | { readonly code: 'gone-billing-unknown' }
  /** So much more than before is attributed to no deployment. */
  | { readonly code: 'gone-maybe-billed'; readonly unattributedUsd: UsdText }
  | { readonly code: 'gone' }
  | { readonly code: 'nothing-spent-before' }
  | { readonly code: 'spend'; readonly usd: UsdText; readonly beforeUsd: UsdText }
  | { readonly code: 'advised-hours-unknown' }
  | { readonly code: 'no-hours-billed' }
  /** Hardly fewer were advised than were paid before. */
  | {
      readonly code: 'advised-hours-alike';
      readonly advisedHours: RatioText;
      readonly beforeHours: RatioText;
    }
  /** Replica-hours; those that were advised are as many as fit this window. */
  | { readonly code: 'hours'; readonly paidHours: RatioText; readonly advisedHours: RatioText }
  | { readonly code: 'hour-cost-unknown' }
  /** Dollars a replica-hour, and whose bills name it now. */
  | {
      readonly code: 'hour-cost';
      readonly usdPerHour: UsdText;
      readonly beforeUsdPerHour: UsdText;
      readonly sources: readonly string[];
    }
  | { readonly code: 'windows-not-alike' }
  | { readonly code: 'saving-by-bills' }
  | { readonly code: 'spend-before-unknown' }
  /** It was to buy tokens, and no more of them are on the bills than before. */
  | { readonly code: 'no-tokens-bought' }
  | { readonly code: 'saving-only-together' }
  | { readonly code: 'not-taken-cost-unknown' }
  | { readonly code: 'not-taken' }
  /** By which its tokens a day rose; below nothing where they fell. */
  | { readonly code: 'traffic-changed'; readonly changeShare: RatioText };

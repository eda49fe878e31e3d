/** Faults of ledger rows. Dollars have nine decimals. */

/** Total of a day. */
export interface DaySum {
  readonly usd: string;
  readonly charges: number;
}

export type LedgerRowFault =
  | { readonly code: 'fact-changed' }
  | { readonly code: 'fact-added' }
  | { readonly code: 'facts-changed' }
  | { readonly code: 'facts-missing'; readonly rows: number }
  | { readonly code: 'facts-too-many'; readonly rows: number }
  | { readonly code: 'charge-too-long' }
  /** One day of a charge; without `heldUsd` the day is missing. */
  | { readonly code: 'charge-day-differs'; readonly heldUsd?: string; readonly chargeUsd: string }
  | { readonly code: 'charge-day-without-charge'; readonly heldUsd: string }
  | { readonly code: 'charge-day-not-billed'; readonly heldUsd: string }
  /** A rollup; a side without data is absent. */
  | { readonly code: 'spend-day-differs'; readonly held?: DaySum; readonly given?: DaySum }
  | { readonly code: 'usage-day-without-usage' }
  | { readonly code: 'usage-day-too-large' }
  | { readonly code: 'usage-day-missing' }
  | {
      readonly code: 'usage-day-differs';
      readonly column: string;
      /** An integer; null is unknown. */
      readonly held: string | null;
      readonly given: string | null;
    };

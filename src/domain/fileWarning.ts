/** Warnings about files and about what the ledger made of an answer: codes and figures. */

/** Dollars are decimal texts, to the nano-dollar; months are `2026-07`. */
export type FileWarning =
  | { readonly code: 'records-rejected'; readonly records: number; readonly stored: number }
  | { readonly code: 'columns-unknown'; readonly columns: readonly string[] }
  | { readonly code: 'rows-repeated'; readonly rows: number }
  | { readonly code: 'intervals-skipped'; readonly intervals: number }
  | { readonly code: 'parts-repeated'; readonly rows: number }
  | { readonly code: 'more-pages' }
  /** The rates of the last month are a mean of the days so far. */
  | { readonly code: 'month-not-over'; readonly month: string; readonly days: number }
  /** Rows that `take` selected of a bill in FOCUS. */
  | {
      readonly code: 'rows-taken';
      readonly rows: number;
      readonly takenRows: number;
      readonly amounts: readonly TakenAmount[];
    }
  /** Hours of services that no rule assigns to a deployment. */
  | {
      readonly code: 'hours-not-assigned';
      readonly services: readonly string[];
      readonly hasMore: boolean;
    };

/** Decimal amounts in one currency: what was taken, of all that was billed. */
export interface TakenAmount {
  readonly currency: string;
  readonly taken: string;
  readonly billed: string;
}

/** What the ledger noticed while it stored an answer. */
export type LedgerWarning =
  /** An empty answer where charges were known. Their keys begin with `keyPrefix`. */
  | {
      readonly code: 'nothing-withdrawn';
      readonly keyPrefix: string;
      readonly knownCharges: number;
    }
  | { readonly code: 'response-incomplete' }
  /** The first of two rates counts. */
  | {
      readonly code: 'rates-differ';
      readonly currency: string;
      readonly month: string;
      readonly usdPerUnit: string;
      readonly source: string;
      readonly otherUsdPerUnit: string;
      readonly otherSource: string;
    }
  | {
      readonly code: 'charges-converted-again';
      readonly currency: string;
      readonly month: string;
      readonly charges: number;
      readonly wasUsd: string;
      readonly nowUsd: string;
    }
  | {
      readonly code: 'invoice-lines-without-rate';
      readonly currency: string;
      readonly month: string;
      readonly lines: number;
    }
  /** Known lines of an invoice that a file lacks. `undo` lists the imports that brought them. */
  | {
      readonly code: 'invoice-lines-missing';
      readonly invoice: string;
      readonly lines: number;
      readonly first: string;
      readonly place: string;
      readonly undo: readonly number[];
    }
  | { readonly code: 'pull-resumed'; readonly at: string };

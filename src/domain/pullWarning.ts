/** Warnings of pulls and imports about usage, files and answers, as codes and figures. */

import type { BillWarning, UptimeNote } from './billWarning.ts';
import type { ClockGap } from './ledgerFaults.ts';

/** A code with its figures, as JSON. The ledger stores it, and the report room has its sentence. */
export type PullWarning =
  | BillWarning
  | ClockGap
  | FileWarning
  | LedgerWarning
  | UptimeNote
  | UsageWarning
  /** A sentence that version 0.8 or an earlier one stored. */
  | { readonly code: 'text'; readonly text: string };

/** What a pull did, though nothing is wrong. */
export type PullRemark =
  | { readonly code: 'replicas-scraped'; readonly replicas: number }
  /** A section of a bill, such as a month, and what is said of it. */
  | { readonly code: 'section-read'; readonly section: string; readonly note: PullWarning };

/** Warnings as the ledger stores them. Earlier versions stored plain sentences. */
export function parsePullWarnings(json: string): PullWarning[] {
  const stored = JSON.parse(json) as readonly (PullWarning | string)[];
  return stored.map((each) => (typeof each === 'string' ? { code: 'text', text: each } : each));
}

/** Those of `warnings` that are not among `known`, each once. */
export function newWarnings(
  warnings: readonly PullWarning[],
  known: readonly PullWarning[] = [],
): PullWarning[] {
  const seen = new Set(known.map((each) => JSON.stringify(each)));
  return warnings.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}

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

/** Instants are ISO 8601 texts, names are shortened as they were read. */
export type UsageWarning =
  | EngineWarning
  | GatewayWarning
  /** What the server itself warned of. */
  | {
      readonly code: 'server-warning';
      readonly deployment: string;
      readonly text: string;
    }
  | { readonly code: 'one-metric-per-query' }
  /** The server answered only queries of at most so many hours. */
  | { readonly code: 'queries-shortened'; readonly hours: number }
  | {
      readonly code: 'samples-rejected';
      readonly deployment: string;
      readonly samples: number;
    }
  | { readonly code: 'latency-unknown'; readonly deployment: string; readonly message: string }
  | { readonly code: 'no-gpu-matches'; readonly deployment: string; readonly match: string }
  /** `by` is the option under which replicas are looked for. */
  | { readonly code: 'no-replica-found'; readonly by: string }
  | { readonly code: 'request-counters-restarted'; readonly deployment: string };

/** Of the counters of inference servers. */
export type EngineWarning =
  | {
      readonly code: 'failed-requests-counted';
      readonly deployment: string;
      readonly requests: number;
    }
  | {
      readonly code: 'scraped-more-than-once';
      readonly deployment: string;
      readonly processes: readonly string[];
      readonly processCount: number;
    }
  | {
      readonly code: 'processes-look-alike';
      readonly deployment: string;
      readonly pairs: readonly (readonly [string, string])[];
      readonly pairCount: number;
    }
  | {
      readonly code: 'address-shared';
      readonly deployment: string;
      readonly addresses: readonly { readonly name: string; readonly processes: number }[];
      readonly addressCount: number;
    }
  /** Samples that are not plausible; the figures are those of the first. */
  | {
      readonly code: 'samples-implausible';
      readonly deployment: string;
      readonly samples: number;
      readonly firstAt: string;
      readonly metric: string;
      readonly process: string;
      readonly from: number;
      readonly to: number;
    }
  /** Tokens that were served between the last scrape and a restart, at most. */
  | {
      readonly code: 'server-restarted';
      readonly deployment: string;
      readonly restarts: number;
      readonly firstAt: string;
      readonly promptTokens: number;
      readonly outputTokens: number;
      readonly isInferred: boolean;
    }
  /** Tokens that were counted before the first scrape, at an unknown time. */
  | {
      readonly code: 'tokens-before-first-scrape';
      readonly deployment: string;
      readonly servers: number;
      readonly firstAt: string;
      readonly tokens: number;
    }
  | { readonly code: 'cache-hits-early'; readonly deployment: string; readonly hits: number }
  | { readonly code: 'prefill-split'; readonly deployment: string }
  | { readonly code: 'prefill-split-unclear'; readonly deployment: string }
  | {
      readonly code: 'counters-experimental';
      readonly deployment: string;
      readonly engine: string;
    };

/** Of gateways and logs of requests. */
type GatewayWarning =
  /** The models with the most requests, of `modelCount`. */
  | {
      readonly code: 'models-unmatched';
      readonly models: readonly { readonly name: string; readonly requests: number }[];
      readonly modelCount: number;
    }
  /** Nothing of a response was used, because a part of it was not readable. */
  | { readonly code: 'response-not-used'; readonly unreadable: 'rows' | 'request-times' }
  | { readonly code: 'fallbacks-unmatched'; readonly group: string; readonly fallbacks: number }
  | { readonly code: 'answered-from-cache'; readonly cache: string; readonly requests: number }
  | {
      readonly code: 'several-providers-match';
      readonly deployment: string;
      readonly providers: readonly string[];
    }
  | { readonly code: 'requests-without-id'; readonly requests: number };

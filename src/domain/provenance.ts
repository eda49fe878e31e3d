/** Provenance: one fetch, its bytes, and the facts and rejects read from it. */

import type { Charge, Resource } from './charge.ts';
import type { ExchangeRate, ForeignCharge } from './currency.ts';
import type { FailureCode } from './failure.ts';
import type { HostedUsage, UsageRow } from './usage.ts';
import type { InvoiceLine } from './invoice.ts';
import type { Period } from './period.ts';
import type { GpuRate, HostedPrice, PriceSnapshot } from './price.ts';
import type { PullRemark, PullWarning } from './pullWarning.ts';
import type {
  GpuActivity,
  LatencyHistogram,
  LoggedRequest,
  RequestCount,
  UsagePart,
} from './usageFacts.ts';
import type { UptimeRule } from './uptime.ts';

/** A kind of data that a source can provide. `pull` jobs request all of them. */
export type ProvidedFact = 'charges' | 'inventory' | 'usage' | 'prices' | 'rates';

/** One request and its response: an HTTP request, or a file. Secrets are already removed. */
export interface Fetch {
  readonly sourceId: string;
  /** Kind of request, e.g. `runpod.billing.pods`, `import.usage`. */
  readonly kind: string;
  /** Redacted URL, or `file:NAME`. */
  readonly url: string;
  /** The requested period; absent for inventories and price lists. */
  readonly window?: Period;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** HTTP status; absent for files and for requests without a response. */
  readonly status?: number;
  /** Lower-case hex SHA-256 of the body as received. */
  readonly digest?: string;
  /** The stored part of the body, compressed; for JSON the fields that are read. */
  readonly body?: FetchBody;
  readonly failure?: { readonly code: FailureCode; readonly message: string };
}

/**
 * The bytes of a response. A long one is compressed while it arrives and is never in memory as a
 * whole.
 */
export type FetchBody = Uint8Array | PackedBody;

export interface PackedBody {
  /** Length before compression. */
  readonly byteLength: number;
  /** In order; together they form the body. */
  readonly pieces: readonly PackedPiece[];
}

export interface PackedPiece {
  readonly plainBytes: number;
  /** The piece as one Zstandard frame. */
  readonly zstd: Uint8Array;
}

/** A fact and its position in the body: a record's index or a file's line. */
export interface Located<T> {
  readonly position: number;
  readonly fact: T;
}

/** The scope for which a response lists every charge. */
export interface CompleteScope {
  readonly keyPrefix: string;
  readonly window: Period;
  /**
   * Lines may replace known ones, as invoice lines replace estimates. A withdrawal then needs
   * confirmation only for dollars that no new line covers, not for lines that vanish.
   */
  readonly replaces?: true;
}

/** A section of a source's data, at one version. */
export interface SourceSection {
  readonly name: string;
  readonly version: string;
}

export interface SectionPart extends SourceSection {
  /** Whether the section ends with this response, and no row of it was rejected. */
  readonly isWhole: boolean;
}

export interface ResourceRoster {
  readonly kind: Resource['kind'];
  readonly idPrefix: string;
  readonly ids: readonly string[];
}

/** Everything read from one fetch. A failed fetch yields at most rejects. */
export interface Fetched {
  readonly fetch: Fetch;
  readonly charges?: readonly Located<Charge>[];
  /** Charges in other currencies. The ledger adds the dollars, or rejects those without a rate. */
  readonly foreignCharges?: readonly Located<ForeignCharge>[];
  readonly exchangeRates?: readonly Located<ExchangeRate>[];
  readonly usage?: readonly Located<UsageRow>[];
  readonly usageParts?: readonly Located<UsagePart>[];
  /** Single requests of an access log. The ledger sums those that are new. */
  readonly requests?: readonly Located<LoggedRequest>[];
  readonly latency?: readonly Located<LatencyHistogram>[];
  readonly gpuActivity?: readonly Located<GpuActivity>[];
  readonly requestCounts?: readonly Located<RequestCount>[];
  /** Tokens bought from hosted APIs. Payments for them are charges. */
  readonly hostedUsage?: readonly Located<HostedUsage>[];
  /**
   * Set if the response lists all hosted usage that begins in this period, for its kind of request
   * (and `kinds` with the same data). Earlier usage that is now missing is withdrawn. A page covers
   * only what it lists completely. A response without any usage withdraws nothing.
   */
  readonly hostedUsageFor?: { readonly window: Period; readonly kinds?: readonly string[] };
  readonly resources?: readonly Located<Resource>[];
  /** Complete snapshots from an API. */
  readonly priceSnapshots?: readonly Located<PriceSnapshot>[];
  /** Single dated prices from a file, where a missing endpoint means nothing. */
  readonly prices?: readonly Located<HostedPrice>[];
  readonly rates?: readonly Located<GpuRate>[];
  readonly ops?: readonly Located<OpsEntry>[];
  /** Invoice lines: to reconcile with, never counted as spend. */
  readonly invoice?: readonly Located<InvoiceLine>[];
  readonly rejects?: readonly Reject[];
  /** The provider's own total for the period, if stated, to reconcile with. */
  readonly statedTotal?: { readonly billedNanoUsd: bigint; readonly window: Period };
  /**
   * Set if the response lists every charge in the period whose key starts with the prefix: known
   * charges that are now missing are restated to zero. A response without any charge withdraws
   * nothing (it may be late, not empty). Set only for the requested period, and only if the
   * response agrees with its own totals.
   */
  readonly completeFor?: CompleteScope;
  /**
   * Set if several responses together list every charge of a period, such as the pages of a list:
   * the name of the whole, and this response's position from 0 on. A source finishes one whole
   * before the next. `completeFor` is on the last part, for all parts. It is void if a part failed
   * or is missing.
   */
  readonly partOf?: { readonly whole: string; readonly index: number };
  /**
   * Kinds for which this response lists every resource: a known resource not among `resources` is
   * gone. Left out if a row could not be read.
   */
  readonly listed?: readonly Resource['kind'][];
  /**
   * Set if the response bills a period for which charges may have been rebuilt: those are withdrawn
   * when it arrives, even if it lacks other data, because they were our own estimates.
   */
  readonly supersedes?: Pick<CompleteScope, 'keyPrefix' | 'window'>;
  /**
   * For a list under one resource, such as the workers of an endpoint: all existing ids with this
   * prefix, from this response and the pages before it. Left out if a row could not be read.
   */
  readonly roster?: ResourceRoster;
  /** Charges to rebuild from uptime after the pull, because the provider has no bill. */
  readonly rebuild?: UptimeRule;
  /**
   * Set for a versioned section of the source, such as a month of an export: once all of a version
   * is stored, it is not read again.
   */
  readonly section?: SectionPart;
  /** Notes for a person although nothing is wrong. */
  readonly remarks?: readonly PullRemark[];
  /** Warnings for a person that are neither failures nor rejects. */
  readonly warnings?: readonly PullWarning[];
  /**
   * With this response, all data that the pull requests before this time is complete, and nothing
   * failed: an interrupted pull continues from here.
   */
  readonly toldUpToMs?: number;
}

export interface Reject {
  /** The record's index or the file's line, as in `Located`. */
  readonly position: number;
  /** What is wrong, what was expected and what to do, in one sentence. */
  readonly reason: string;
  /** The original row, cut to 500 characters, without secrets. */
  readonly excerpt: string;
}

/** One entry of the ops log. */
export interface OpsEntry {
  readonly sourceId: string;
  /** Stable within the source; a digest of the row if the log has no ids. */
  readonly key: string;
  /** Midnight UTC of the day on which the work was done. */
  readonly dayMs: number;
  /** Absent for work on the whole stack. */
  readonly deployment?: string;
  /** Milliseconds of work: 1.5 hours are 5,400,000. */
  readonly workedMs: number;
  readonly note?: string;
}

/** Where facts come from: one fetch, its bytes, and the facts and rejects read from it. */

import type { Charge, Resource } from './charge.ts';
import type { ExchangeRate, ForeignCharge } from './currency.ts';
import type { FailureCode } from './failure.ts';
import type { HostedUsage } from './hostedUsage.ts';
import type { InvoiceLine } from './invoice.ts';
import type { OpsEntry } from './ops.ts';
import type { Period } from './period.ts';
import type { GpuRate, HostedPrice, PriceSnapshot } from './price.ts';
import type { Reject } from './reject.ts';
import type { LoggedRequest } from './requestLog.ts';
import type { UptimeRule } from './uptime.ts';
import type { UsageRow } from './usage.ts';
import type { GpuActivity, LatencyHistogram, RequestCount, UsagePart } from './usageFacts.ts';

/**
 * One question to the outside and its answer: an HTTP request, or a file. Secrets are already out.
 */
export interface Fetch {
  readonly sourceId: string;
  /** What was asked, e.g. `runpod.billing.pods`, `import.usage`. */
  readonly kind: string;
  /** Redacted URL, or `file:NAME`. */
  readonly url: string;
  /** The time the question was about; absent for inventories and price lists. */
  readonly window?: Period;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** HTTP status; absent for files and for requests that got no answer. */
  readonly status?: number;
  /** Lower-case hex SHA-256 of the body as received. */
  readonly digest?: string;
  /** What is kept of the body, packed: of JSON the fields that are read. */
  readonly body?: Body;
  readonly failure?: { readonly code: FailureCode; readonly message: string };
}

/** The bytes of an answer; a long one is packed as it comes in, for it is never held whole. */
export type Body = Uint8Array | PackedBody;

export interface PackedBody {
  /** Of the plain bytes. */
  readonly byteLength: number;
  /** In order; together they are the body. */
  readonly pieces: readonly PackedPiece[];
}

export interface PackedPiece {
  readonly plainBytes: number;
  /** The piece as one Zstandard frame. */
  readonly zstd: Uint8Array;
}

/** A fact and its place in the body: a record's index or a file's line. */
export interface Located<T> {
  readonly position: number;
  readonly fact: T;
}

/** What an answer tells every charge of. */
export interface Complete {
  readonly keyPrefix: string;
  readonly window: Period;
  /**
   * Other lines may take the place of known ones, as those of an invoice do of estimates: then not
   * the lines that vanish are a question for a person, but the dollars that no other line tells.
   */
  readonly replaces?: true;
}

/** A part of what a source tells, at one version. */
export interface SourceSection {
  readonly name: string;
  readonly version: string;
}

export interface SectionPart extends SourceSection {
  /** Whether the section ends with this answer, and nothing of it was rejected. */
  readonly isWhole: boolean;
}

export interface Roster {
  readonly kind: Resource['kind'];
  readonly idPrefix: string;
  readonly ids: readonly string[];
}

/** All that one fetch brought. A failed fetch brings rejects at most. */
export interface Fetched {
  readonly fetch: Fetch;
  readonly charges?: readonly Located<Charge>[];
  /** Charges that are not in US dollars: the ledger adds these, or rejects what has no rate. */
  readonly foreignCharges?: readonly Located<ForeignCharge>[];
  readonly exchangeRates?: readonly Located<ExchangeRate>[];
  readonly usage?: readonly Located<UsageRow>[];
  readonly usageParts?: readonly Located<UsagePart>[];
  /** Single requests of an access log: the ledger sums those that it does not know. */
  readonly requests?: readonly Located<LoggedRequest>[];
  readonly latency?: readonly Located<LatencyHistogram>[];
  readonly gpuActivity?: readonly Located<GpuActivity>[];
  readonly requestCounts?: readonly Located<RequestCount>[];
  /** Tokens bought from hosted APIs; what was paid for them are charges. */
  readonly hostedUsage?: readonly Located<HostedUsage>[];
  /**
   * Set where the answer tells all hosted usage that begins in this time, of what answers of its
   * kind tell (and of other kinds that tell the same): what they told of it before and is told no
   * more is withdrawn. Of a page only what it tells whole. An answer without any usage withdraws
   * nothing.
   */
  readonly hostedUsageFor?: { readonly window: Period; readonly kinds?: readonly string[] };
  readonly resources?: readonly Located<Resource>[];
  /** Whole snapshots from an API. */
  readonly priceSnapshots?: readonly Located<PriceSnapshot>[];
  /** Single dated prices from a file, where a missing host means nothing. */
  readonly prices?: readonly Located<HostedPrice>[];
  readonly rates?: readonly Located<GpuRate>[];
  readonly ops?: readonly Located<OpsEntry>[];
  /** Lines of invoices: to reconcile with, and never counted as spend. */
  readonly invoice?: readonly Located<InvoiceLine>[];
  readonly rejects?: readonly Reject[];
  /** The provider's own total for the window, where it gives one, to reconcile with. */
  readonly statedTotal?: { readonly billedNanoUsd: bigint; readonly window: Period };
  /**
   * Set when the answer tells every charge whose key starts so inside the window: charges known
   * before and now missing are restated to zero. An answer without any charge withdraws nothing (it
   * may be late, not empty). Only for the time that was asked about, and only where the answer
   * agrees with its own totals.
   */
  readonly completeFor?: Complete;
  /**
   * Set where several answers together tell every charge of a window, such as the pages of a list:
   * the name of that whole, and this answer's place in it from 0 on. A source tells one whole after
   * the other. `completeFor` stands on the last part, for all of them; where a part failed or never
   * came, it is void.
   */
  readonly partOf?: { readonly whole: string; readonly index: number };
  /**
   * Kinds of which this answer lists every resource there is: one that is known and not among
   * `resources` is gone. Left out where a row could not be read.
   */
  readonly listed?: readonly Resource['kind'][];
  /**
   * Set where the answer bills a stretch of time for which charges may have been rebuilt: those are
   * withdrawn together with its arrival, whatever else it lacks, for they were ours.
   */
  readonly supersedes?: Pick<Complete, 'keyPrefix' | 'window'>;
  /**
   * Of a list under one resource, such as the workers of an endpoint: all that there are whose id
   * begins so, by this answer and the pages before it. Left out where a row could not be read.
   */
  readonly roster?: Roster;
  /** Charges to rebuild from uptime when the pull has ended, for the provider tells no bill. */
  readonly rebuild?: UptimeRule;
  /**
   * Set where it is of a part of the source that has a version, such as a month of an export: once
   * all of that version is in, it is not read again.
   */
  readonly section?: SectionPart;
  /** What a person may want to know though nothing is wrong. */
  readonly remarks?: readonly string[];
  /** Things a person should know that are neither failures nor rejects. */
  readonly warnings?: readonly string[];
  /**
   * With this answer, all that the pull asks of its window before this moment is told, and nothing
   * of it failed: a pull that is cut off later goes on from here.
   */
  readonly toldUpToMs?: number;
}

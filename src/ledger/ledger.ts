/**
 * What the ledger promises: it remembers facts exactly once and reads them back as of a
 * time.
 */

import type { Charge, Resource, SourceBilling } from '../domain/charge.ts';
import type { BillFacts, BillFactsWish } from '../domain/completeness.ts';
import type { ExchangeRate, UnconvertedCharges } from '../domain/currency.ts';
import type { HostedUsage } from '../domain/hostedUsage.ts';
import type { OpsEntry } from '../domain/ops.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate, HostAvailability, HostedPrice, PriceGap } from '../domain/price.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { InvoicedMonth } from '../domain/reconciliation.ts';
import type { StatedTotal } from '../domain/statedTotal.ts';
import type { UptimeRule } from '../domain/uptime.ts';
import type { UsageSeries } from '../domain/usage.ts';
import type { UsageFacts } from '../domain/usageFacts.ts';
import type { AuditRecord } from './auditRecord.ts';
import type { AppendOptions, AppendOutcome, Imports } from './imports.ts';
import type { WorkLog } from './workLog.ts';
import type { WriterRole } from './writerRole.ts';
import type { Post } from './post.ts';
import type { RegionalRate } from './regionRates.ts';

export type { AuditRecord } from './auditRecord.ts';

/** A stored charge knows its version and the fetch that brought it. */
export interface StoredCharge extends Charge {
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
}

/** A thing as its charges call it. */
export type BilledResource = Pick<
  Charge,
  'sourceId' | 'resourceId' | 'resourceName' | 'tags' | 'category' | 'pricingClass' | 'gpuType'
>;

/** A table of a read-only query, rows in column order. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | bigint | null)[])[];
}

/** Which answers of a source are read again. */
export interface AnswerChoice {
  readonly sourceId: string;
  readonly kind: string;
  readonly forMs: number;
  readonly mostMs: number;
}

/** What is kept of an answer. */
export interface EarlierAnswer {
  readonly url: string;
  readonly atMs: number;
  readonly body: Uint8Array;
}

/** Which audit is wanted: the newest of a quarter or a window, or one by its id. */
export type AuditChoice =
  | { readonly runId: string }
  /** The newest; with `asOfMs` the newest that knew no more than was known then. */
  | { readonly quarter: string; readonly asOfMs?: number }
  | { readonly window: Period };

export interface Ledger extends Imports, Post, WorkLog, WriterRole {
  /**
   * Stores what one fetch brought, in one transaction under one timestamp: `nowMs`, or a later one
   * where the ledger has recorded something later already, for its time never runs backwards. An
   * answer that would
   * withdraw more than a share of what is known is kept as a failed fetch without facts, unless
   * that is confirmed.
   */
  append(fetched: Fetched, nowMs: number, options?: AppendOptions): Promise<AppendOutcome>;

  /**
   * The time as of which everything that is recorded is read: `nowMs`, or the ledger's newest where
   * the clock is behind it. What a ledger open for writing records from now on is later than that.
   */
  asOfNow(nowMs: number): Promise<number>;
  /** The newest time that the ledger knows; 0 where nothing was recorded yet. */
  lastRecordedMs(): Promise<number>;

  /**
   * Charges whose period overlaps the window, in the newest version recorded at or before `asOfMs`.
   * A charge that is withdrawn by then is left out: nothing was billed, and no time was paid for.
   * One after the other by end, start, source, resource and key; `visit` may not ask the ledger
   * anything. `said` is what the charge says, as one line of text; how it came is no part of it.
   */
  eachCharge(
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, said: string) => void,
  ): Promise<void>;
  /** The same as a list by start, source and key, for windows with few. */
  charges(window: Period, asOfMs: number): Promise<StoredCharge[]>;
  /** Each thing for which charges of the window were billed, once for each name and its tags. */
  billedResources(window: Period, asOfMs: number): Promise<BilledResource[]>;
  /**
   * How sources bill that have charges of more than a day, by those of the window and of a quarter
   * before and after it.
   */
  sourceBilling(window: Period, asOfMs: number): Promise<SourceBilling[]>;
  /** Intervals that overlap the window, by source; a source without rows is absent. */
  usage(deployment: string, window: Period, asOfMs: number): Promise<Map<string, UsageSeries>>;
  /** What is told of a deployment beside its intervals, by any source, of time in the window. */
  usageFacts(deployment: string, window: Period, asOfMs: number): Promise<UsageFacts>;
  /** Tokens bought from hosts in periods that overlap the window, oldest first. */
  hostedUsage(window: Period, asOfMs: number): Promise<HostedUsage[]>;
  /** Every deployment of which intervals begin in the window, by name; config may not know it. */
  servedDeployments(window: Period, asOfMs: number): Promise<string[]>;
  /** Every snapshot of every resource seen, oldest first. */
  resources(asOfMs: number): Promise<Resource[]>;
  /**
   * What charges are rebuilt from: every snapshot of a source's resources and its rates, oldest
   * first, and when it was listed by the fetches of the kind `listing`, from the last time before
   * the window on; and what of it a bill tells, oldest first.
   */
  uptimeFacts(
    of: { readonly sourceId: string } & Pick<UptimeRule, 'listing' | 'window' | 'unlessBilled'>,
    asOfMs: number,
  ): Promise<{ sightings: Resource[]; listedAtMs: number[]; rates: GpuRate[]; billed: Period[] }>;
  /**
   * What is kept of a source's good answers of a kind, oldest first: from so long before the newest
   * of them on, and none where that is more than `mostMs` before `nowMs`.
   */
  earlierAnswers(choice: AnswerChoice, nowMs: number): Promise<EarlierAnswer[]>;

  /**
   * Snapshots of a source's resources of one kind, its rates, and when the fetches of the kind
   * `listing` told a list without a fault, all oldest first: of whatever may have been there in the
   * window, all its snapshots; of lists those from the day before the window on.
   */
  sightings(
    of: {
      readonly sourceId: string;
      readonly kind: Resource['kind'];
      readonly listing: string;
      readonly window: Period;
    },
    asOfMs: number,
  ): Promise<{
    sightings: Resource[];
    listings: { url: string; atMs: number; status?: number }[];
    rates: GpuRate[];
  }>;
  /**
   * Dated prices of the named models, oldest first: all that can be in force inside the window, of
   * every service tier, and those in doubt too; and where nobody looked at them.
   */
  hostedPrices(
    models: readonly { sourceId: string; model: string }[],
    window: Period,
    asOfMs: number,
  ): Promise<{ prices: HostedPrice[]; availability: HostAvailability[]; gaps: PriceGap[] }>;
  /** Every model of which a price was ever told, by model and source. */
  pricedModels(asOfMs: number): Promise<readonly { sourceId: string; model: string }[]>;
  /** Of providers as a whole; what is told by region stands in {@link Ledger.regionalRates}. */
  gpuRates(asOfMs: number): Promise<GpuRate[]>;
  /** Those in force at `atMs`. */
  regionalRates(asOfMs: number, atMs: number): Promise<RegionalRate[]>;
  /** The exchange rates that a source tells now. */
  exchangeRates(sourceId: string): Promise<ExchangeRate[]>;
  opsEntries(window: Period, asOfMs: number): Promise<OpsEntry[]>;
  /** Rejected rows and failed or unfinished fetches whose window touches the given one. */
  troubles(window: Period, asOfMs: number): Promise<readonly Trouble[]>;
  /** Providers' own totals that lie inside the window, for the charges to be laid beside. */
  statedTotals(window: Period, asOfMs: number): Promise<readonly StatedTotal[]>;
  /** What was billed in other currencies and is not counted, for want of a rate. */
  unconvertedCharges(window: Period, asOfMs: number): Promise<readonly UnconvertedCharges[]>;
  /**
   * What invoices ask for, month by month, beside the charges of the very same time; months that
   * bear on the window.
   */
  invoicedMonths(window: Period, asOfMs: number): Promise<readonly InvoicedMonth[]>;
  /** How bills came in by UTC day, and what inventories saw meanwhile. */
  billFacts(wish: BillFactsWish): Promise<BillFacts>;
  /** The bytes that a fetch's facts were read from; `undefined` where nothing was kept. */
  rawBody(fetchRef: number): Promise<Uint8Array | undefined>;

  /** Stores an audit; the same `runId` again changes nothing and answers false. */
  saveAudit(record: AuditRecord): Promise<boolean>;
  loadAudit(choice: AuditChoice): Promise<AuditRecord | undefined>;
  /** By name, e.g. `2026-Q3`; `undefined` where no quarter was audited. */
  lastAuditedQuarter(): Promise<string | undefined>;

  /** Runs one read-only statement; writing statements are refused with a `usage` failure. */
  query(sql: string): Promise<QueryResult>;
  /** Names and one-line meanings of the views of the contract. */
  views(): Promise<readonly { name: string; grain: string }[]>;
  close(): Promise<void>;
}

export interface Trouble {
  readonly sourceId: string;
  readonly kind: string;
  readonly what: 'rejects' | 'failed' | 'unfinished';
  readonly count: number;
  /** The first reason or message. */
  readonly example: string;
}

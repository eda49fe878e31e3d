/** The interface of the facts: stores each fact once, and reads facts as of a time. */

import type { Charge, Resource, SourceBilling } from '../domain/charge.ts';
import type { BillFacts, BillFactsQuery } from '../domain/completeness.ts';
import type { ExchangeRate, UnconvertedCharges } from '../domain/currency.ts';
import type { HostedUsage, UsageSeries } from '../domain/usage.ts';
import type { Fetched, OpsEntry } from '../domain/provenance.ts';
import type { Period } from '../domain/period.ts';
import type { GpuRate, HostAvailability, HostedPrice, PriceGap } from '../domain/price.ts';
import type { InvoicedMonth } from '../domain/reconciliation.ts';
import type { StatedTotal } from '../domain/invoice.ts';
import type { UptimeRule } from '../domain/uptime.ts';
import type { UsageFacts } from '../domain/usageFacts.ts';
import type { AppendOptions, AppendOutcome, Imports } from './imports.ts';
import type { RegionalRate } from './priceColumns.ts';

/** A charge with its version and its fetch. */
export interface StoredCharge extends Charge {
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
}

/** A resource as its charges name it. */
export type BilledResource = Pick<
  Charge,
  'sourceId' | 'resourceId' | 'resourceName' | 'tags' | 'category' | 'pricingClass' | 'gpuType'
>;

/** Selects the responses of a source to read again. */
export interface ResponseChoice {
  readonly sourceId: string;
  readonly kind: string;
  readonly forMs: number;
  readonly mostMs: number;
}

/** A stored response. */
export interface StoredResponse {
  readonly url: string;
  readonly atMs: number;
  readonly body: Uint8Array;
}

export interface IngestTrouble {
  readonly sourceId: string;
  readonly kind: string;
  readonly what: 'rejects' | 'failed' | 'unfinished';
  readonly count: number;
  /** The first reason or message. */
  readonly example: string;
}

export interface FactStore extends Imports {
  /**
   * Stores what one fetch returned, in one transaction under one timestamp. It is `nowMs`, or a
   * later one if the ledger already has a later record, because its time never runs backwards. A
   * response that would withdraw more than a share of the known facts is stored as a failed fetch
   * without facts, unless that is confirmed.
   */
  append(fetched: Fetched, nowMs: number, options?: AppendOptions): Promise<AppendOutcome>;

  /**
   * The time as of which to read everything recorded: `nowMs`, or the newest record if the clock is
   * behind it. A ledger open for writing records only later times from now on.
   */
  asOfNow(nowMs: number): Promise<number>;
  /** The time of the newest record, 0 for an empty ledger. */
  lastRecordedMs(): Promise<number>;

  /**
   * Visits the charges whose period overlaps the window, in the newest version recorded at or
   * before `asOfMs`. Charges withdrawn by then are left out.
   * They are ordered by end, start, source, resource and key. `visit` must not call the ledger.
   * `content` is the content of the charge as one line of text, without its fetch.
   */
  eachCharge(
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, content: string) => void,
  ): Promise<void>;
  /** The same as a list by start, source and key, for windows with few charges. */
  charges(window: Period, asOfMs: number): Promise<StoredCharge[]>;
  /** Each resource with billed charges in the window, once per name and tags. */
  billedResources(window: Period, asOfMs: number): Promise<BilledResource[]>;
  /**
   * The billing periods of sources with charges longer than a day, from the charges of the window
   * and of a quarter before and after it.
   */
  sourceBilling(window: Period, asOfMs: number): Promise<SourceBilling[]>;
  /** Intervals that overlap the window, by source. A source without intervals is missing. */
  usage(deployment: string, window: Period, asOfMs: number): Promise<Map<string, UsageSeries>>;
  /** Other usage facts of a deployment within the window, from all sources. */
  usageFacts(deployment: string, window: Period, asOfMs: number): Promise<UsageFacts>;
  /** Tokens bought from providers in periods that overlap the window, oldest first. */
  hostedUsage(window: Period, asOfMs: number): Promise<HostedUsage[]>;
  /** Every deployment with intervals that start in the window, by name, configured or not. */
  servedDeployments(window: Period, asOfMs: number): Promise<string[]>;
  /** All snapshots of all resources, oldest first. */
  resources(asOfMs: number): Promise<Resource[]>;
  /**
   * The facts for rebuilding charges from uptime, oldest first. They are all snapshots of a
   * source's resources, its rates, and what a bill already contains. `listedAtMs` are the fetches
   * of the kind `listing`, from the last one before the window on.
   */
  uptimeFacts(
    of: { readonly sourceId: string } & Pick<UptimeRule, 'listing' | 'window' | 'unlessBilled'>,
    asOfMs: number,
  ): Promise<{ sightings: Resource[]; listedAtMs: number[]; rates: GpuRate[]; billed: Period[] }>;
  /**
   * The stored responses of a source of one kind, oldest first: those within `forMs` before the
   * newest. Returns none if the newest is more than `mostMs` before `nowMs`.
   */
  storedResponses(choice: ResponseChoice, nowMs: number): Promise<StoredResponse[]>;

  /**
   * Snapshots of a source's resources of one kind, its rates, and its complete listings, oldest
   * first. Includes all snapshots of each resource that may have existed in the window, and
   * listings from the day before the window on.
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
   * Dated prices of the models, oldest first: all that can be in force in the window, of every
   * service tier, doubtful ones included. `gaps` are times without a price check.
   */
  hostedPrices(
    models: readonly { sourceId: string; model: string }[],
    window: Period,
    asOfMs: number,
  ): Promise<{ prices: HostedPrice[]; availability: HostAvailability[]; gaps: PriceGap[] }>;
  /** Every model that ever had a price, by model and source. */
  pricedModels(asOfMs: number): Promise<readonly { sourceId: string; model: string }[]>;
  /** Rates of whole providers. Rates by region are in {@link FactStore.regionalRates}. */
  gpuRates(asOfMs: number): Promise<GpuRate[]>;
  /** The rates in force at `atMs`. */
  regionalRates(asOfMs: number, atMs: number): Promise<RegionalRate[]>;
  /** The current exchange rates of a source. */
  exchangeRates(sourceId: string): Promise<ExchangeRate[]>;
  opsEntries(window: Period, asOfMs: number): Promise<OpsEntry[]>;
  /** Rejected rows, and failed or unfinished fetches, whose window touches the given one. */
  troubles(window: Period, asOfMs: number): Promise<readonly IngestTrouble[]>;
  /** Providers' own totals within the window, to compare with the charges. */
  statedTotals(window: Period, asOfMs: number): Promise<readonly StatedTotal[]>;
  /** Charges in other currencies that are not counted for lack of an exchange rate. */
  unconvertedCharges(window: Period, asOfMs: number): Promise<readonly UnconvertedCharges[]>;
  /**
   * Invoiced amounts by month beside the charges of the same time, for months that overlap the
   * window.
   */
  invoicedMonths(window: Period, asOfMs: number): Promise<readonly InvoicedMonth[]>;
  /** How bills arrived by UTC day, and what inventories listed meanwhile. */
  billFacts(options: BillFactsQuery): Promise<BillFacts>;
  /** The bytes from which a fetch's facts were read, or `undefined` if none were stored. */
  rawBody(fetchRef: number): Promise<Uint8Array | undefined>;
}

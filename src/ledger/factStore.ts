/** Implements the interface of the facts: each read is one snapshot, each write one transaction. */

import type { Clock } from '../platform/clock.ts';
import type { FactStore, StoredCharge } from './facts.ts';
import { readBillFacts } from './reads/billFacts.ts';
import { readEarlierAnswers, readRawBody } from './bodies.ts';
import {
  compareByStart,
  createChargeReader,
  readBilledPeriods,
  readBilledResources,
  readSourceBilling,
  readStatedTotals,
} from './reads/charges.ts';
import {
  readGpuRates,
  readListings,
  readListingUrls,
  readOpsEntries,
  readResources,
  readSightings,
} from './reads/facts.ts';
import { readHostedUsage } from './hostedUsage.ts';
import { readInvoicedMonths } from './reads/invoices.ts';
import {
  readAvailability,
  readExchangeRates,
  readHostedPrices,
  readPricedModels,
  readPriceGaps,
} from './reads/prices.ts';
import { createUsageReader, readServedDeployments } from './reads/usage.ts';
import { readTroubles } from './reads/countingFetches.ts';
import { readUnconverted } from './unconvertedCharges.ts';
import { createUsageFactReader } from './reads/usageFacts.ts';
import { createRecordedTime, lastRecordedMs } from './recordedTime.ts';
import { readRegionalRates } from './priceColumns.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import type { Store } from './store.ts';
import { requireWritable, type RunTransaction, type Transactions } from './transactions.ts';
import { createFactWriter, type FactWriter } from './writes/append.ts';
import { beginImport, closeInterruptedImports, type ImportTools } from './writes/importSession.ts';
import { findInterruptedImports } from './writes/interruptedImports.ts';
import { undoImport } from './writes/undo/undoImport.ts';

type Writes = Pick<
  FactStore,
  'append' | 'asOfNow' | 'beginImport' | 'closeInterruptedImports' | 'undoImport'
>;
type Reads = Omit<FactStore, keyof Writes>;

export function createFactStore(store: Store, transactions: Transactions, clock: Clock): FactStore {
  return { ...createReads(store, transactions.read), ...createWrites(store, transactions, clock) };
}

function createWrites(store: Store, { write }: Transactions, clock: Clock): Writes {
  const time = createRecordedTime(store.db);
  const recordedAtMs = () => time.next(clock.nowMs());
  let created: FactWriter | undefined;
  const writer = () => {
    requireWritable(store);
    return (created ??= withLedgerErrors(store.path, () => createFactWriter(store)));
  };
  const tools = (): ImportTools => ({ store, writer: writer(), recordedAtMs, atomically: write });
  return {
    append: async (fetched, nowMs, options) => {
      const facts = writer();
      return write(() => facts.append(fetched, time.next(nowMs), options));
    },
    asOfNow: async (nowMs) => {
      // No writes in read-only mode, so no time needs to be reserved.
      if (store.isReadOnly) return Math.max(nowMs, lastRecordedMs(store.db));
      return write(() => time.read(nowMs));
    },
    beginImport: async (start) => beginImport(tools(), start),
    closeInterruptedImports: async () => closeInterruptedImports(tools()),
    undoImport: async (fetchRef, nowMs) =>
      write(() => undoImport(store, fetchRef, { nowMs, recordedAtMs: time.next(nowMs) })),
  };
}

function createReads(store: Store, read: RunTransaction): Reads {
  const readUsage = createUsageReader(store.db);
  const readUsageFacts = createUsageFactReader(store);
  const eachCharge = createChargeReader(store.db);
  return {
    eachCharge: async (window, asOfMs, visit) => read(() => eachCharge(window, asOfMs, visit)),
    charges: async (window, asOfMs) =>
      read(() => {
        const all: StoredCharge[] = [];
        eachCharge(window, asOfMs, (charge) => all.push(charge));
        return all.sort(compareByStart);
      }),
    billedResources: async (window, asOfMs) =>
      read(() => readBilledResources(store.db, window, asOfMs)),
    usage: async (deployment, window, asOfMs) => read(() => readUsage(deployment, window, asOfMs)),
    usageFacts: async (deployment, window, asOfMs) =>
      read(() => readUsageFacts({ deployment, window, asOfMs })),
    hostedUsage: async (window, asOfMs) => read(() => readHostedUsage(store, window, asOfMs)),
    servedDeployments: async (window, asOfMs) =>
      read(() => readServedDeployments(store.db, window, asOfMs)),
    resources: async (asOfMs) => read(() => readResources(store, asOfMs)),
    uptimeFacts: async ({ sourceId, listing, window, unlessBilled }, asOfMs) =>
      read(() => ({
        sightings: readResources(store, asOfMs, sourceId),
        listedAtMs: readListings(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
        billed: readBilledPeriods(store.db, { ...unlessBilled, sourceId, asOfMs }),
      })),
    sightings: async ({ sourceId, kind, listing, window }, asOfMs) =>
      read(() => ({
        sightings: readSightings(store, { sourceId, kind, window, asOfMs }),
        listings: readListingUrls(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
      })),
    ...createPriceReads(store, read),
    opsEntries: async (window, asOfMs) => read(() => readOpsEntries(store, window, asOfMs)),
    interruptedImports: async () =>
      withLedgerErrors(store.path, () => findInterruptedImports(store)),
    troubles: async (window, asOfMs) => read(() => readTroubles(store, window, asOfMs)),
    ...createBillReads(store, read),
    lastRecordedMs: async () => read(() => lastRecordedMs(store.db)),
    ...createBodyReads(store, read),
  };
}

function createPriceReads(store: Store, read: RunTransaction) {
  return {
    hostedPrices: async (models, window, asOfMs) =>
      read(() => ({
        prices: readHostedPrices(store, { models, window, asOfMs }),
        availability: readAvailability(store, { models, window, asOfMs }),
        gaps: readPriceGaps(store, { models, window, asOfMs }),
      })),
    pricedModels: async (asOfMs) => read(() => readPricedModels(store, asOfMs)),
    gpuRates: async (asOfMs) => read(() => readGpuRates(store, asOfMs)),
    regionalRates: async (asOfMs, atMs) => read(() => readRegionalRates(store, asOfMs, atMs)),
    exchangeRates: async (sourceId) => read(() => readExchangeRates(store.db, sourceId)),
  } satisfies Partial<Reads>;
}

function createBodyReads(store: Store, read: RunTransaction) {
  return {
    rawBody: async (fetchRef) => read(() => readRawBody(store, fetchRef)),
    storedResponses: async (choice, nowMs) => read(() => readEarlierAnswers(store, choice, nowMs)),
  } satisfies Partial<Reads>;
}

function createBillReads(store: Store, read: RunTransaction) {
  return {
    sourceBilling: async (window, asOfMs) =>
      read(() => readSourceBilling(store.db, window, asOfMs)),
    statedTotals: async (window, asOfMs) => read(() => readStatedTotals(store, window, asOfMs)),
    invoicedMonths: async (window, asOfMs) =>
      read(() => readInvoicedMonths(store.db, window, asOfMs)),
    billFacts: async (options) => read(() => readBillFacts(store.db, options)),
    unconvertedCharges: async (window, asOfMs) =>
      read(() => readUnconverted(store, window, asOfMs)),
  } satisfies Partial<Reads>;
}

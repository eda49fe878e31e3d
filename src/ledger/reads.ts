/** The reading half of the ledger: facts as of a time, audits, troubles and stored bytes. */

import type { Ledger, StoredCharge } from './ledger.ts';
import { readAudit, readLastAuditedQuarter } from './audits.ts';
import { readBillFacts } from './reads/billFacts.ts';
import { readEarlierAnswers, readRawBody } from './bodies.ts';
import {
  readDeliveries,
  readDeliveryEvents,
  readDeliveryMessage,
  readUnnotified,
} from './reads/deliveries.ts';
import { readEditionContent, readEditionFile, readEditions } from './editions.ts';
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
import { readPulledWindows, readWorkDone } from './workLog.ts';
import { lastRecordedMs } from './recordedTime.ts';
import { readRegionalRates } from './priceColumns.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import type { SqlQueries } from './queries.ts';
import type { Store } from './store.ts';
import type { WriteLock } from './writeLock.ts';
import type { Writes } from './writes.ts';
import { findInterruptedImports } from './writes/interruptedImports.ts';

type Reads = Omit<Ledger, keyof Writes | keyof WriteLock | keyof SqlQueries>;

export function createReads(store: Store): Reads {
  const readUsage = createUsageReader(store.db);
  const readUsageFacts = createUsageFactReader(store);
  const eachCharge = createChargeReader(store.db);
  // One snapshot per call, so that concurrent commits are not read in part.
  const inSnapshot = <T>(work: () => T): T =>
    withLedgerErrors(store.path, () => store.db.transaction(work).deferred());
  return {
    eachCharge: async (window, asOfMs, visit) =>
      inSnapshot(() => eachCharge(window, asOfMs, visit)),
    charges: async (window, asOfMs) =>
      inSnapshot(() => {
        const all: StoredCharge[] = [];
        eachCharge(window, asOfMs, (charge) => all.push(charge));
        return all.sort(compareByStart);
      }),
    billedResources: async (window, asOfMs) =>
      inSnapshot(() => readBilledResources(store.db, window, asOfMs)),
    usage: async (deployment, window, asOfMs) =>
      inSnapshot(() => readUsage(deployment, window, asOfMs)),
    usageFacts: async (deployment, window, asOfMs) =>
      inSnapshot(() => readUsageFacts({ deployment, window, asOfMs })),
    hostedUsage: async (window, asOfMs) => inSnapshot(() => readHostedUsage(store, window, asOfMs)),
    servedDeployments: async (window, asOfMs) =>
      inSnapshot(() => readServedDeployments(store.db, window, asOfMs)),
    resources: async (asOfMs) => inSnapshot(() => readResources(store, asOfMs)),
    uptimeFacts: async ({ sourceId, listing, window, unlessBilled }, asOfMs) =>
      inSnapshot(() => ({
        sightings: readResources(store, asOfMs, sourceId),
        listedAtMs: readListings(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
        billed: readBilledPeriods(store.db, { ...unlessBilled, sourceId, asOfMs }),
      })),
    sightings: async ({ sourceId, kind, listing, window }, asOfMs) =>
      inSnapshot(() => ({
        sightings: readSightings(store, { sourceId, kind, window, asOfMs }),
        listings: readListingUrls(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
      })),
    ...createPriceReads(store, inSnapshot),
    opsEntries: async (window, asOfMs) => inSnapshot(() => readOpsEntries(store, window, asOfMs)),
    interruptedImports: async () =>
      withLedgerErrors(store.path, () => findInterruptedImports(store)),
    troubles: async (window, asOfMs) => inSnapshot(() => readTroubles(store, window, asOfMs)),
    ...createBillReads(store, inSnapshot),
    lastRecordedMs: async () => inSnapshot(() => lastRecordedMs(store.db)),
    ...createBodyReads(store, inSnapshot),
    loadAudit: async (choice) => inSnapshot(() => readAudit(store, choice)),
    lastAuditedQuarter: async () =>
      withLedgerErrors(store.path, () => readLastAuditedQuarter(store)),
    workDone: async () => inSnapshot(() => readWorkDone(store)),
    pulledWindows: async () => inSnapshot(() => readPulledWindows(store)),
    ...createPostReads(store, inSnapshot),
  };
}

function createPriceReads(store: Store, inSnapshot: <T>(work: () => T) => T) {
  return {
    hostedPrices: async (models, window, asOfMs) =>
      inSnapshot(() => ({
        prices: readHostedPrices(store, { models, window, asOfMs }),
        availability: readAvailability(store, { models, window, asOfMs }),
        gaps: readPriceGaps(store, { models, window, asOfMs }),
      })),
    pricedModels: async (asOfMs) => inSnapshot(() => readPricedModels(store, asOfMs)),
    gpuRates: async (asOfMs) => inSnapshot(() => readGpuRates(store, asOfMs)),
    regionalRates: async (asOfMs, atMs) => inSnapshot(() => readRegionalRates(store, asOfMs, atMs)),
    exchangeRates: async (sourceId) => inSnapshot(() => readExchangeRates(store.db, sourceId)),
  } satisfies Partial<Reads>;
}

function createBodyReads(store: Store, inSnapshot: <T>(work: () => T) => T) {
  return {
    rawBody: async (fetchRef) => inSnapshot(() => readRawBody(store, fetchRef)),
    storedResponses: async (choice, nowMs) =>
      inSnapshot(() => readEarlierAnswers(store, choice, nowMs)),
  } satisfies Partial<Reads>;
}

function createBillReads(store: Store, inSnapshot: <T>(work: () => T) => T) {
  return {
    sourceBilling: async (window, asOfMs) =>
      inSnapshot(() => readSourceBilling(store.db, window, asOfMs)),
    statedTotals: async (window, asOfMs) =>
      inSnapshot(() => readStatedTotals(store, window, asOfMs)),
    invoicedMonths: async (window, asOfMs) =>
      inSnapshot(() => readInvoicedMonths(store.db, window, asOfMs)),
    billFacts: async (options) => inSnapshot(() => readBillFacts(store.db, options)),
    unconvertedCharges: async (window, asOfMs) =>
      inSnapshot(() => readUnconverted(store, window, asOfMs)),
  } satisfies Partial<Reads>;
}

function createPostReads(store: Store, inSnapshot: <T>(work: () => T) => T) {
  return {
    editions: async (choice = {}) => inSnapshot(() => readEditions(store, choice)),
    edition: async (id) => inSnapshot(() => readEditions(store, { id })[0]),
    editionContent: async (id) => inSnapshot(() => readEditionContent(store, id)),
    editionFile: async (id, name) => inSnapshot(() => readEditionFile(store, id, name)),
    deliveries: async (choice = {}) => inSnapshot(() => readDeliveries(store, choice)),
    deliveryEvents: async (id) => inSnapshot(() => readDeliveryEvents(store, id)),
    deliveryMessage: async (id) => inSnapshot(() => readDeliveryMessage(store, id)),
    unnotifiedTroubles: async () => inSnapshot(() => readUnnotified(store)),
  } satisfies Partial<Reads>;
}

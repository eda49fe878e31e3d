/** The reading half of the ledger: facts as of a time, audits, troubles, bytes. */

import type { Ledger, StoredCharge } from './ledger.ts';
import { readAudit, readLastAuditedQuarter } from './reads/audits.ts';
import { readBillFacts } from './reads/billFacts.ts';
import { readEarlierAnswers, readRawBody } from './reads/bodies.ts';
import { readDeliveries, readEvents, readMessage, readUntold } from './reads/deliveries.ts';
import { readEditionContent, readEditionFile, readEditions } from './reads/editions.ts';
import { createChargeReader, oldestFirst, readBilledResources } from './reads/charges.ts';
import {
  readGpuRates,
  readListings,
  readListingUrls,
  readOpsEntries,
  readResources,
  readSightings,
} from './reads/facts.ts';
import { readHostedUsage } from './reads/hostedUsage.ts';
import { readInvoicedMonths } from './reads/invoices.ts';
import {
  readAvailability,
  readExchangeRates,
  readHostedPrices,
  readPricedModels,
  readPriceGaps,
} from './reads/prices.ts';
import { readServedDeployments } from './reads/servedDeployments.ts';
import { readBilled, readSourceBilling } from './reads/sourceBilling.ts';
import { readStatedTotals } from './reads/statedTotals.ts';
import { readTroubles } from './reads/troubles.ts';
import { readUnconverted } from './reads/unconverted.ts';
import { createUsageReader } from './reads/usage.ts';
import { createUsageFactReader } from './reads/usageFacts.ts';
import { readPulledWindows, readWorkDone } from './reads/work.ts';
import { lastRecordedMs } from './recordedTime.ts';
import { readRegionalRates } from './regionRates.ts';
import { naming } from './sqliteFailure.ts';
import type { Queries } from './queries.ts';
import type { Store } from './store.ts';
import type { WriterRole } from './writerRole.ts';
import type { Writes } from './writes.ts';
import { cutImports } from './writes/cutImports.ts';

type Reads = Omit<Ledger, keyof Writes | keyof WriterRole | keyof Queries>;

export function createReads(store: Store): Reads {
  const readUsage = createUsageReader(store.db);
  const readUsageFacts = createUsageFactReader(store);
  const eachCharge = createChargeReader(store.db);
  // One snapshot for each call: what another program commits meanwhile is not half seen.
  const consistently = <T>(work: () => T): T =>
    naming(store.path, () => store.db.transaction(work).deferred());
  return {
    eachCharge: async (window, asOfMs, visit) =>
      consistently(() => eachCharge(window, asOfMs, visit)),
    charges: async (window, asOfMs) =>
      consistently(() => {
        const all: StoredCharge[] = [];
        eachCharge(window, asOfMs, (charge) => all.push(charge));
        return all.sort(oldestFirst);
      }),
    billedResources: async (window, asOfMs) =>
      consistently(() => readBilledResources(store.db, window, asOfMs)),
    usage: async (deployment, window, asOfMs) =>
      consistently(() => readUsage(deployment, window, asOfMs)),
    usageFacts: async (deployment, window, asOfMs) =>
      consistently(() => readUsageFacts({ deployment, window, asOfMs })),
    hostedUsage: async (window, asOfMs) =>
      consistently(() => readHostedUsage(store, window, asOfMs)),
    servedDeployments: async (window, asOfMs) =>
      consistently(() => readServedDeployments(store.db, window, asOfMs)),
    resources: async (asOfMs) => consistently(() => readResources(store, asOfMs)),
    uptimeFacts: async ({ sourceId, listing, window, unlessBilled }, asOfMs) =>
      consistently(() => ({
        sightings: readResources(store, asOfMs, sourceId),
        listedAtMs: readListings(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
        billed: readBilled(store.db, { ...unlessBilled, sourceId, asOfMs }),
      })),
    sightings: async ({ sourceId, kind, listing, window }, asOfMs) =>
      consistently(() => ({
        sightings: readSightings(store, { sourceId, kind, window, asOfMs }),
        listings: readListingUrls(store, { sourceId, kind: listing, window, asOfMs }),
        rates: readGpuRates(store, asOfMs).filter((rate) => rate.sourceId === sourceId),
      })),
    ...createPriceReads(store, consistently),
    opsEntries: async (window, asOfMs) => consistently(() => readOpsEntries(store, window, asOfMs)),
    cutImports: async () => naming(store.path, () => cutImports(store)),
    troubles: async (window, asOfMs) => consistently(() => readTroubles(store, window, asOfMs)),
    ...createBillReads(store, consistently),
    lastRecordedMs: async () => consistently(() => lastRecordedMs(store.db)),
    ...createBodyReads(store, consistently),
    loadAudit: async (choice) => consistently(() => readAudit(store, choice)),
    lastAuditedQuarter: async () => naming(store.path, () => readLastAuditedQuarter(store)),
    workDone: async () => consistently(() => readWorkDone(store)),
    pulledWindows: async () => consistently(() => readPulledWindows(store)),
    ...createPostReads(store, consistently),
  };
}

function createPriceReads(store: Store, consistently: <T>(work: () => T) => T) {
  return {
    hostedPrices: async (models, window, asOfMs) =>
      consistently(() => ({
        prices: readHostedPrices(store, { models, window, asOfMs }),
        availability: readAvailability(store, { models, window, asOfMs }),
        gaps: readPriceGaps(store, { models, window, asOfMs }),
      })),
    pricedModels: async (asOfMs) => consistently(() => readPricedModels(store, asOfMs)),
    gpuRates: async (asOfMs) => consistently(() => readGpuRates(store, asOfMs)),
    regionalRates: async (asOfMs, atMs) =>
      consistently(() => readRegionalRates(store, asOfMs, atMs)),
    exchangeRates: async (sourceId) => consistently(() => readExchangeRates(store.db, sourceId)),
  } satisfies Partial<Reads>;
}

function createBodyReads(store: Store, consistently: <T>(work: () => T) => T) {
  return {
    rawBody: async (fetchRef) => consistently(() => readRawBody(store, fetchRef)),
    earlierAnswers: async (choice, nowMs) =>
      consistently(() => readEarlierAnswers(store, choice, nowMs)),
  } satisfies Partial<Reads>;
}

function createBillReads(store: Store, consistently: <T>(work: () => T) => T) {
  return {
    sourceBilling: async (window, asOfMs) =>
      consistently(() => readSourceBilling(store.db, window, asOfMs)),
    statedTotals: async (window, asOfMs) =>
      consistently(() => readStatedTotals(store, window, asOfMs)),
    invoicedMonths: async (window, asOfMs) =>
      consistently(() => readInvoicedMonths(store.db, window, asOfMs)),
    billFacts: async (wish) => consistently(() => readBillFacts(store.db, wish)),
    unconvertedCharges: async (window, asOfMs) =>
      consistently(() => readUnconverted(store, window, asOfMs)),
  } satisfies Partial<Reads>;
}

function createPostReads(store: Store, consistently: <T>(work: () => T) => T) {
  return {
    editions: async (choice = {}) => consistently(() => readEditions(store, choice)),
    edition: async (id) => consistently(() => readEditions(store, { id })[0]),
    editionContent: async (id) => consistently(() => readEditionContent(store, id)),
    editionFile: async (id, name) => consistently(() => readEditionFile(store, id, name)),
    deliveries: async (choice = {}) => consistently(() => readDeliveries(store, choice)),
    deliveryEvents: async (id) => consistently(() => readEvents(store, id)),
    deliveryMessage: async (id) => consistently(() => readMessage(store, id)),
    untoldTroubles: async () => consistently(() => readUntold(store)),
  } satisfies Partial<Reads>;
}

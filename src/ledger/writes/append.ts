/** How everything that one fetch brought is written: in one transaction, under one timestamp. */

import type { HostAvailability } from '../../domain/price.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { AppendOptions, AppendOutcome, PartOutcome } from '../imports.ts';
import { createSpendDays } from '../spendDays.ts';
import type { Store } from '../store.ts';
import { createChargeWriter } from './charges.ts';
import { type Confirmed, createConfirmed } from './confirmed.ts';
import { createFetchWriter, type FetchWriter } from './fetches.ts';
import {
  createAvailabilityWriter,
  createInvoiceWriter,
  createGoneWriter,
  createOpsWriter,
  createRateWriter,
  createResourceWriter,
} from './observations.ts';
import { newTally, outcomeOf, type Place, type Tally } from './place.ts';
import { createPriceWriter } from './prices.ts';
import { createSnapshotWriter } from './snapshots.ts';
import { createUsageWriter } from './usage.ts';
import { missingCharges, type Withheld, withheldBy } from './withdrawals.ts';
import { createWholes, type Whole } from './wholes.ts';

/** What an answer brings, and whose it is. */
type Brought = Omit<Fetched, 'fetch'>;
type Origin = Omit<Place, 'position'>;

export interface FactWriter {
  readonly fetches: FetchWriter;
  readonly confirmed: Confirmed;
  /** One whole answer; call inside a transaction. */
  append(fetched: Fetched, recordedAtMs: number, options?: AppendOptions): AppendOutcome;
  /** A part of a file whose fetch is open already; call inside a transaction. */
  appendPart(brought: Brought, origin: Origin): PartOutcome;
}

export function createFactWriter(store: Store): FactWriter {
  const confirmed = createConfirmed(store.db);
  const fetches = createFetchWriter(store);
  const spend = createSpendDays(store.db);
  const wholes = createWholes(store.db);
  const charges = createChargeWriter(store, confirmed, spend);
  const writeOthers = createOtherWriters(store, confirmed);
  const writeGone = createGoneWriter(store, confirmed);
  const writeAll = (brought: Brought, origin: Origin, tally: Tally) => {
    const known = charges.append(brought.charges ?? [], origin, tally);
    writeOthers(brought, origin, tally);
    return known;
  };
  const told = (fetchRef: number, { rejects = [] }: Brought, tally: Tally) =>
    outcomeOf(fetchRef, tally, { brought: rejects.length, nameOf: confirmed.nameOf });
  return {
    fetches,
    confirmed,
    append(answer, recordedAtMs, { confirmWithdrawal = false } = {}) {
      spend.begin();
      const whole = wholes.before(answer);
      const missing = missingCharges(store, answer, { asOfMs: recordedAtMs, whole });
      const withheld = confirmWithdrawal
        ? undefined
        : withheldBy(store, answer, { missing, atMs: recordedAtMs });
      const fetched = withheld === undefined ? answer : withoutFacts(answer, withheld);
      const { fetch, completeFor } = fetched;
      const fetchRef = fetches.open(fetch, recordedAtMs, completeFor);
      const origin = { fetchRef, recordedAtMs };
      const tally = newTally();
      const known = writeAll(fetched, origin, tally);
      writeGone(fetched, origin, tally);
      if (isTorn(fetched, whole)) tally.warnings.push(TORN);
      else if (fetch.failure === undefined) charges.withdraw(fetched, { missing, origin }, tally);
      wholes.add(answer, fetchRef, known);
      spend.roll();
      fetches.note(fetched, origin, tally);
      fetches.end(fetchRef);
      confirmed.close(fetchRef);
      const outcome = told(fetchRef, fetched, tally);
      return withheld === undefined ? outcome : { ...outcome, failure: withheld };
    },
    appendPart(brought, origin) {
      spend.begin();
      const tally = newTally();
      writeAll(brought, origin, tally);
      spend.roll();
      fetches.note(brought, origin, tally);
      return told(origin.fetchRef, brought, tally);
    },
  };
}

const TORN =
  'a part of this answer is missing in the ledger; nothing was withdrawn; the next pull tells all';

/** Does it end a whole of which a part never came? */
function isTorn({ partOf, completeFor }: Fetched, whole: Whole | undefined): boolean {
  return partOf !== undefined && completeFor !== undefined && whole === undefined;
}

/** The fetch with its bytes, as one that failed: what it told can be read again once confirmed. */
function withoutFacts({ fetch }: Fetched, failure: Withheld): Fetched {
  return { fetch: { ...fetch, failure } };
}

function createOtherWriters(store: Store, confirmed: Confirmed) {
  const usage = createUsageWriter(store.db, confirmed);
  const resources = createResourceWriter(store, confirmed);
  const snapshots = createSnapshotWriter(store, confirmed);
  const availability = createAvailabilityWriter(store, confirmed);
  const prices = createPriceWriter(store, confirmed);
  const rates = createRateWriter(store, confirmed);
  const ops = createOpsWriter(store, confirmed);
  const invoices = createInvoiceWriter(store, confirmed);
  return (brought: Brought, origin: Origin, tally: Tally) => {
    usage.append(brought.usage ?? [], origin, tally);
    resources(brought.resources ?? [], origin, tally);
    snapshots(brought.priceSnapshots ?? [], origin, tally);
    availability(availabilityOf(brought), origin, tally);
    prices(brought.prices ?? [], origin, tally);
    rates(brought.rates ?? [], origin, tally);
    ops(brought.ops ?? [], origin, tally);
    invoices(brought.invoice ?? [], origin, tally);
  };
}

function availabilityOf({ priceSnapshots = [] }: Brought): Located<HostAvailability>[] {
  return priceSnapshots.flatMap(({ position, fact }) =>
    fact.availability.map((seen) => ({ position, fact: seen })),
  );
}

/** How everything that one fetch brought is written: in one transaction, under one timestamp. */

import type { Database } from 'better-sqlite3';
import { counted } from '../../domain/counted.ts';
import { lackText } from '../../domain/currency.ts';
import { toDecimal } from '../../domain/exact.ts';
import type { HostAvailability } from '../../domain/price.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { AppendOptions, AppendOutcome, PartOutcome } from '../imports.ts';
import { createSpendDays, type SpendDays } from '../spendDays.ts';
import type { Store } from '../store.ts';
import { createChargeVersions } from './chargeVersions.ts';
import { createChargeWriter } from './charges.ts';
import { type Confirmed, createConfirmed } from './confirmed.ts';
import { createFetchWriter, type FetchWriter } from './fetches.ts';
import { createHostedUsageWriter } from './hostedUsage.ts';
import { createInvoiceWriter } from './invoices.ts';
import {
  createAvailabilityWriter,
  createGoneWriter,
  createOpsWriter,
  createRateWriter,
  createResourceWriter,
} from './observations.ts';
import { excerptOf, newTally, outcomeOf, type Place, spanFacts, type Tally } from './place.ts';
import { createPriceWriter } from './prices.ts';
import {
  type Converted,
  convert,
  createExchangeRateWriter,
  createRateReader,
  createRestater,
} from './rates.ts';
import { createRequestWriter } from './requests.ts';
import { createSnapshotWriter } from './snapshots.ts';
import { createUnconvertedWriter } from './unconverted.ts';
import { createUsageWriter } from './usage.ts';
import { createUsageFactWriter } from './usageFacts.ts';
import { missingCharges, supersededCharges, type Withheld, withheldBy } from './withdrawals.ts';
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
  /** What the requests of an access log come to, once all of the file is in. */
  appendSums(origin: Origin): PartOutcome;
}

function hasFailed({ fetch }: Fetched): boolean {
  return fetch.failure !== undefined;
}

/** What writing an answer, or a part of a file, comes to. */
function tellerOf({ nameOf }: Confirmed) {
  return (fetchRef: number, { rejects = [] }: Brought, tally: Tally) =>
    outcomeOf(fetchRef, tally, { brought: rejects.length, nameOf });
}

export function createFactWriter(store: Store): FactWriter {
  const confirmed = createConfirmed(store.db);
  const fetches = createFetchWriter(store);
  const spend = createSpendDays(store.db);
  const wholes = createWholes(store.db);
  const charges = createChargeWriter(store, confirmed, spend);
  const shared = createSharedWriters(store, confirmed);
  const writeOthers = createOtherWriters(store, confirmed, shared);
  const writeGone = createAbsences(store, confirmed, shared);
  const currencies = createCurrencies(store.db, confirmed, spend);
  const writeAll = (brought: Brought, origin: Origin, tally: Tally) => {
    currencies.write(brought.exchangeRates ?? [], origin, tally);
    const known = charges.append(brought.charges ?? [], origin, tally);
    writeOthers(brought, origin, tally);
    return known;
  };
  const told = tellerOf(confirmed);
  const part = (given: Brought, origin: Origin): PartOutcome => {
    spend.begin();
    const { brought, lacking } = currencies.inDollars(given);
    const tally = newTally();
    currencies.leaveOut(lacking, origin.fetchRef, tally);
    writeAll(brought, origin, tally);
    spend.roll();
    fetches.note(brought, origin, tally);
    return told(origin.fetchRef, brought, tally);
  };
  return {
    fetches,
    confirmed,
    append(given, recordedAtMs, { confirmWithdrawal = false } = {}) {
      spend.begin();
      const { brought, lacking } = currencies.inDollars(given);
      const answer: Fetched = { ...brought, fetch: given.fetch };
      const whole = wholes.before(answer);
      const missing = missingCharges(store, answer, { asOfMs: recordedAtMs, whole });
      const wish = { missing, atMs: recordedAtMs };
      const withheld = confirmWithdrawal ? undefined : withheldBy(store, answer, wish);
      const fetched = withheld === undefined ? answer : withoutFacts(answer, withheld);
      const fetchRef = fetches.open(fetched.fetch, recordedAtMs, fetched.completeFor);
      const origin = { fetchRef, recordedAtMs };
      const tally = newTally();
      currencies.leaveOut(lacking, fetchRef, tally);
      const known = writeAll(fetched, origin, tally);
      writeGone(fetched, origin, tally);
      if (isTorn(fetched, whole)) tally.warnings.push(TORN);
      else if (!hasFailed(fetched)) charges.withdraw(fetched, { missing, origin }, tally);
      charges.restateToZero(supersededCharges(store, fetched, recordedAtMs), origin, tally);
      wholes.add(answer, fetchRef, known);
      spend.roll();
      fetches.note(fetched, origin, tally);
      fetches.end(fetchRef);
      confirmed.close(fetchRef);
      const failure = withheld === undefined ? {} : { failure: withheld };
      return { ...told(fetchRef, fetched, tally), ...lackingIn(lacking), ...failure };
    },
    appendPart: part,
    appendSums: (origin) => part(shared.requests.derived(origin.fetchRef), origin),
  };
}

type Lacking = Converted['lacking'];

function createCurrencies(db: Database, confirmed: Confirmed, spend: SpendDays) {
  const rates = createRateReader(db);
  const write = createExchangeRateWriter(db, confirmed);
  const restater = createRestater(db, createChargeVersions(db, spend));
  const keepSums = createUnconvertedWriter(db);
  return {
    write(located: NonNullable<Brought['exchangeRates']>, origin: Origin, tally: Tally) {
      if (located.length === 0) return;
      const { recordedAtMs, fetchRef } = origin;
      restater.restate(write(located, origin, tally), { recordedAtMs, rateRef: fetchRef }, tally);
    },
    /** They are rejects until a rate is there, and their sums are known. */
    leaveOut(lacking: Lacking, fetchRef: number, tally: Tally) {
      refuse(tally, lacking);
      keepSums(lacking, fetchRef);
    },
    /** What has no rate is missing, so that the answer tells no longer all. */
    inDollars(given: Brought): { brought: Brought; lacking: Lacking } {
      const { foreignCharges = [], completeFor: _, partOf: __, ...open } = given;
      if (foreignCharges.length === 0) return { brought: given, lacking: [] };
      const converted = convert(rates, foreignCharges);
      const charges = [...(given.charges ?? []), ...converted.charges];
      charges.sort((a, b) => a.position - b.position);
      const { lacking } = converted;
      return { brought: { ...(lacking.length === 0 ? given : open), charges }, lacking };
    },
  };
}

/** The time that they speak of is known. */
function refuse(tally: Tally, lacking: Lacking): void {
  for (const { charge, rate } of lacking) {
    const { position, fact } = charge;
    const amount = `${toDecimal(fact.original.amount, 2)} ${rate.currency}`;
    const reason = `${amount} is not counted: ${lackText(rate, 'then import or pull it again')}`;
    tally.refusals.push({ position, reason, excerpt: excerptOf(fact) });
    spanFacts(tally, fact.period);
  }
}

function lackingIn(lacking: Lacking): Pick<AppendOutcome, 'lacking'> {
  const [first] = lacking;
  if (first === undefined) return {};
  const charges = counted(lacking.length, 'charge');
  const lack = lackText(first.rate, 'the next pull adds the charges');
  const message = `${charges} not counted: ${lack}`;
  return { lacking: { code: 'config', message } };
}

const TORN =
  'a part of this response is missing in the ledger, so nothing was withdrawn; the next pull ' +
  'fetches all of it';

/** Does it end a whole of which a part never came? */
function isTorn({ partOf, completeFor }: Fetched, whole: Whole | undefined): boolean {
  return partOf !== undefined && completeFor !== undefined && whole === undefined;
}

/** The fetch with its bytes, as one that failed: what it told can be read again once confirmed. */
function withoutFacts({ fetch }: Fetched, failure: Withheld): Fetched {
  return { fetch: { ...fetch, failure } };
}

type SharedWriters = ReturnType<typeof createSharedWriters>;

/** Writers that more than one step needs: each prepares its statements once. */
function createSharedWriters(store: Store, confirmed: Confirmed) {
  return {
    requests: createRequestWriter(store.db),
    hosted: createHostedUsageWriter(store, confirmed),
  };
}

/** What an answer should have told and did not: resources that are gone, usage that is no more. */
function createAbsences(store: Store, confirmed: Confirmed, { hosted }: SharedWriters) {
  const gone = createGoneWriter(store, confirmed);
  return (fetched: Fetched, origin: Origin, tally: Tally) => {
    gone(fetched, origin, tally);
    tally.restated += hosted.withdraw(fetched, origin);
  };
}

function createOtherWriters(
  store: Store,
  confirmed: Confirmed,
  { requests, hosted }: SharedWriters,
) {
  const usage = createUsageWriter(store.db, confirmed);
  const usageFacts = createUsageFactWriter(store.db, confirmed);
  const resources = createResourceWriter(store, confirmed);
  const snapshots = createSnapshotWriter(store, confirmed);
  const availability = createAvailabilityWriter(store, confirmed);
  const prices = createPriceWriter(store, confirmed);
  const rates = createRateWriter(store, confirmed);
  const ops = createOpsWriter(store, confirmed);
  const invoices = createInvoiceWriter(store, confirmed);
  return (brought: Brought, origin: Origin, tally: Tally) => {
    requests.append(brought.requests ?? [], origin, tally);
    usage.append(brought.usage ?? [], origin, tally);
    usageFacts(brought, origin, tally);
    resources(brought.resources ?? [], origin, tally);
    snapshots(brought.priceSnapshots ?? [], origin, tally);
    availability(availabilityOf(brought), origin, tally);
    prices(brought.prices ?? [], origin, tally);
    rates(brought.rates ?? [], origin, tally);
    ops(brought.ops ?? [], origin, tally);
    invoices(brought.invoice ?? [], origin, tally);
    hosted.write(brought.hostedUsage ?? [], origin, tally);
  };
}

function availabilityOf({ priceSnapshots = [] }: Brought): Located<HostAvailability>[] {
  return priceSnapshots.flatMap(({ position, fact }) =>
    fact.availability.map((seen) => ({ position, fact: seen })),
  );
}

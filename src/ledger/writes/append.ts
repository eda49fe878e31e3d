/** Writes everything that one fetch returned, in one transaction under one timestamp. */

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
import {
  excerptOf,
  newTally,
  outcomeOf,
  spanFacts,
  type Tally,
  type FetchOrigin,
} from './place.ts';
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

/** The facts of a response or of a part of a file. */
type Facts = Omit<Fetched, 'fetch'>;

export interface FactWriter {
  readonly fetches: FetchWriter;
  readonly confirmed: Confirmed;
  /** Writes a whole response. Call it inside a transaction. */
  append(fetched: Fetched, recordedAtMs: number, options?: AppendOptions): AppendOutcome;
  /** Writes a part of a file whose fetch is already open. Call it inside a transaction. */
  appendPart(brought: Facts, origin: FetchOrigin): PartOutcome;
  /** Writes the sums of the requests in an access log, after the whole file is stored. */
  appendSums(origin: FetchOrigin): PartOutcome;
}

function hasFailed({ fetch }: Fetched): boolean {
  return fetch.failure !== undefined;
}

/** Builds the outcome of writing a response or a part of a file. */
function createOutcomeBuilder({ nameOf }: Confirmed) {
  return (fetchRef: number, { rejects = [] }: Facts, tally: Tally) =>
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
  const writeAbsences = createAbsenceWriter(store, confirmed, shared);
  const currencies = createCurrencies(store.db, confirmed, spend);
  const writeAll = (brought: Facts, origin: FetchOrigin, tally: Tally) => {
    currencies.write(brought.exchangeRates ?? [], origin, tally);
    const known = charges.append(brought.charges ?? [], origin, tally);
    writeOthers(brought, origin, tally);
    return known;
  };
  const toOutcome = createOutcomeBuilder(confirmed);
  const part = (given: Facts, origin: FetchOrigin): PartOutcome => {
    spend.begin();
    const { brought, lacking } = currencies.inDollars(given);
    const tally = newTally();
    currencies.leaveOut(lacking, origin.fetchRef, tally);
    writeAll(brought, origin, tally);
    spend.roll();
    fetches.note(brought, origin, tally);
    return toOutcome(origin.fetchRef, brought, tally);
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
      const withdrawal = { missing, atMs: recordedAtMs };
      const withheld = confirmWithdrawal ? undefined : withheldBy(store, answer, withdrawal);
      const fetched = withheld === undefined ? answer : withoutFacts(answer, withheld);
      const fetchRef = fetches.open(fetched.fetch, recordedAtMs, fetched.completeFor);
      const origin = { fetchRef, recordedAtMs };
      const tally = newTally();
      currencies.leaveOut(lacking, fetchRef, tally);
      const known = writeAll(fetched, origin, tally);
      writeAbsences(fetched, origin, tally);
      if (lacksPart(fetched, whole)) tally.warnings.push({ code: 'response-incomplete' });
      else if (!hasFailed(fetched)) charges.withdraw(fetched, { missing, origin }, tally);
      charges.restateToZero(supersededCharges(store, fetched, recordedAtMs), origin, tally);
      wholes.add(answer, fetchRef, known);
      spend.roll();
      fetches.note(fetched, origin, tally);
      fetches.end(fetchRef);
      confirmed.close(fetchRef);
      const failure = withheld === undefined ? {} : { failure: withheld };
      return { ...toOutcome(fetchRef, fetched, tally), ...lackingMessage(lacking), ...failure };
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
  const writeSums = createUnconvertedWriter(db);
  return {
    write(located: NonNullable<Facts['exchangeRates']>, origin: FetchOrigin, tally: Tally) {
      if (located.length === 0) return;
      const { recordedAtMs, fetchRef } = origin;
      restater.restate(write(located, origin, tally), { recordedAtMs, rateRef: fetchRef }, tally);
    },
    /** Rejects charges without a rate, and stores their sums. */
    leaveOut(lacking: Lacking, fetchRef: number, tally: Tally) {
      rejectLacking(tally, lacking);
      writeSums(lacking, fetchRef);
    },
    /**
     * Converts foreign charges. If a rate is missing, the response no longer counts as complete.
     */
    inDollars(given: Facts): { brought: Facts; lacking: Lacking } {
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

/** Their period is known, so it still counts as covered by the facts. */
function rejectLacking(tally: Tally, lacking: Lacking): void {
  for (const { charge, rate } of lacking) {
    const { position, fact } = charge;
    const amount = `${toDecimal(fact.original.amount, 2)} ${rate.currency}`;
    const reason = `${amount} is not counted: ${lackText(rate, 'then import or pull it again')}`;
    tally.refusals.push({ position, reason, excerpt: excerptOf(fact) });
    spanFacts(tally, fact.period);
  }
}

function lackingMessage(lacking: Lacking): Pick<AppendOutcome, 'lacking'> {
  const [first] = lacking;
  if (first === undefined) return {};
  const charges = counted(lacking.length, 'charge');
  const lack = lackText(first.rate, 'the next pull adds the charges');
  const message = `${charges} not counted: ${lack}`;
  return { lacking: { code: 'config', message } };
}

/** Whether this is the last part of a response with an earlier part missing. */
function lacksPart({ partOf, completeFor }: Fetched, whole: Whole | undefined): boolean {
  return partOf !== undefined && completeFor !== undefined && whole === undefined;
}

/** The fetch with its bytes, as a failed one. Its facts can be read again after confirmation. */
function withoutFacts({ fetch }: Fetched, failure: Withheld): Fetched {
  return { fetch: { ...fetch, failure } };
}

type SharedWriters = ReturnType<typeof createSharedWriters>;

/** Writers that several steps need. Each prepares its statements once. */
function createSharedWriters(store: Store, confirmed: Confirmed) {
  return {
    requests: createRequestWriter(store.db),
    hosted: createHostedUsageWriter(store, confirmed),
  };
}

/** Facts that a complete response no longer has: deleted resources and withdrawn usage. */
function createAbsenceWriter(store: Store, confirmed: Confirmed, { hosted }: SharedWriters) {
  const gone = createGoneWriter(store, confirmed);
  return (fetched: Fetched, origin: FetchOrigin, tally: Tally) => {
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
  return (brought: Facts, origin: FetchOrigin, tally: Tally) => {
    requests.append(brought.requests ?? [], origin, tally);
    usage.append(brought.usage ?? [], origin, tally);
    usageFacts(brought, origin, tally);
    resources(brought.resources ?? [], origin, tally);
    snapshots(brought.priceSnapshots ?? [], origin, tally);
    availability(readAvailability(brought), origin, tally);
    prices(brought.prices ?? [], origin, tally);
    rates(brought.rates ?? [], origin, tally);
    ops(brought.ops ?? [], origin, tally);
    invoices(brought.invoice ?? [], origin, tally);
    hosted.write(brought.hostedUsage ?? [], origin, tally);
  };
}

function readAvailability({ priceSnapshots = [] }: Facts): Located<HostAvailability>[] {
  return priceSnapshots.flatMap(({ position, fact }) =>
    fact.availability.map((seen) => ({ position, fact: seen })),
  );
}

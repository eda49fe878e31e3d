/** Writes everything that one fetch returned, in one transaction under one timestamp. */

import type { Database } from 'better-sqlite3';
import { formatCount } from '../../domain/figures.ts';
import { missingRateText } from '../../domain/currency.ts';
import { toDecimal } from '../../domain/exact.ts';
import type { HostAvailability } from '../../domain/price.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { AppendOptions, AppendOutcome, PartOutcome } from '../imports.ts';
import { createSpendRollup, type SpendRollup } from '../spendDays.ts';
import type { Store } from '../store.ts';
import { createChargeVersions } from './chargeVersions.ts';
import { createChargeWriter } from './charges.ts';
import { type RepeatLog, createRepeatLog } from './repeatLog.ts';
import { createFetchWriter, type FetchWriter } from './fetches.ts';
import { createHostedUsageWriter } from '../hostedUsage.ts';
import { createInvoiceWriter } from './invoices.ts';
import {
  createAvailabilityWriter,
  createEndedResourceWriter,
  createOpsWriter,
  createRateWriter,
  createResourceWriter,
} from './observations.ts';
import {
  factExcerpt,
  createTally,
  toPartOutcome,
  extendPeriod,
  type Tally,
  type FetchOrigin,
} from './tally.ts';
import { createPriceWriter } from './prices.ts';
import {
  type ConvertedCharges,
  convertCharges,
  createExchangeRateWriter,
  createRateReader,
  createRestater,
} from './rates.ts';
import { createRequestWriter } from './requests.ts';
import { createSnapshotWriter } from './snapshots.ts';
import { createUnconvertedWriter } from '../unconvertedCharges.ts';
import { createUsageWriter } from './usage.ts';
import { createUsageFactWriter } from './usageFacts.ts';
import {
  findMissingCharges,
  findSupersededCharges,
  type WithdrawalFailure,
  checkWithdrawal,
} from './withdrawals.ts';
import { createPartTracker, type ResponseParts } from './responseParts.ts';

/** The facts of a response or of a part of a file. */
type Facts = Omit<Fetched, 'fetch'>;

export interface FactWriter {
  readonly fetches: FetchWriter;
  readonly repeats: RepeatLog;
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
function createOutcomeBuilder({ nameOf }: RepeatLog) {
  return (fetchRef: number, { rejects = [] }: Facts, tally: Tally) =>
    toPartOutcome(fetchRef, tally, { brought: rejects.length, nameOf });
}

export function createFactWriter(store: Store): FactWriter {
  const repeats = createRepeatLog(store.db);
  const fetches = createFetchWriter(store);
  const spend = createSpendRollup(store.db);
  const wholes = createPartTracker(store.db);
  const charges = createChargeWriter(store, repeats, spend);
  const shared = createSharedWriters(store, repeats);
  const writeOthers = createOtherWriters(store, repeats, shared);
  const writeAbsences = createAbsenceWriter(store, repeats, shared);
  const currencies = createCurrencies(store.db, repeats, spend);
  const writeAll = (brought: Facts, origin: FetchOrigin, tally: Tally) => {
    currencies.write(brought.exchangeRates ?? [], origin, tally);
    const known = charges.append(brought.charges ?? [], origin, tally);
    writeOthers(brought, origin, tally);
    return known;
  };
  const toOutcome = createOutcomeBuilder(repeats);
  const part = (given: Facts, origin: FetchOrigin): PartOutcome => {
    spend.begin();
    const { brought, lacking } = currencies.inDollars(given);
    const tally = createTally();
    currencies.leaveOut(lacking, origin.fetchRef, tally);
    writeAll(brought, origin, tally);
    spend.roll();
    fetches.addOutcome(brought, origin, tally);
    return toOutcome(origin.fetchRef, brought, tally);
  };
  return {
    fetches,
    repeats,
    append(given, recordedAtMs, { confirmWithdrawal = false } = {}) {
      spend.begin();
      const { brought, lacking } = currencies.inDollars(given);
      const answer: Fetched = { ...brought, fetch: given.fetch };
      const whole = wholes.before(answer);
      const missing = findMissingCharges(store, answer, { asOfMs: recordedAtMs, whole });
      const withdrawal = { missing, atMs: recordedAtMs };
      const withheld = confirmWithdrawal ? undefined : checkWithdrawal(store, answer, withdrawal);
      const fetched = withheld === undefined ? answer : withoutFacts(answer, withheld);
      const fetchRef = fetches.open(fetched.fetch, recordedAtMs, fetched.completeFor);
      const origin = { fetchRef, recordedAtMs };
      const tally = createTally();
      currencies.leaveOut(lacking, fetchRef, tally);
      const known = writeAll(fetched, origin, tally);
      writeAbsences(fetched, origin, tally);
      if (lacksPart(fetched, whole)) tally.warnings.push({ code: 'response-incomplete' });
      else if (!hasFailed(fetched)) charges.withdraw(fetched, { missing, origin }, tally);
      charges.restateToZero(findSupersededCharges(store, fetched, recordedAtMs), origin, tally);
      wholes.add(answer, fetchRef, known);
      spend.roll();
      fetches.addOutcome(fetched, origin, tally);
      fetches.end(fetchRef);
      repeats.close(fetchRef);
      const failure = withheld === undefined ? {} : { failure: withheld };
      return { ...toOutcome(fetchRef, fetched, tally), ...lackingMessage(lacking), ...failure };
    },
    appendPart: part,
    appendSums: (origin) => part(shared.requests.deriveUsage(origin.fetchRef), origin),
  };
}

type Lacking = ConvertedCharges['lacking'];

function createCurrencies(db: Database, repeats: RepeatLog, spend: SpendRollup) {
  const rates = createRateReader(db);
  const write = createExchangeRateWriter(db, repeats);
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
      const converted = convertCharges(rates, foreignCharges);
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
    const reason =
      `${amount} is not counted: ` + missingRateText(rate, 'then import or pull it again');
    tally.rejects.push({ position, reason, excerpt: factExcerpt(fact) });
    extendPeriod(tally, fact.period);
  }
}

function lackingMessage(lacking: Lacking): Pick<AppendOutcome, 'lacking'> {
  const [first] = lacking;
  if (first === undefined) return {};
  const charges = formatCount(lacking.length, 'charge');
  const lack = missingRateText(first.rate, 'the next pull adds the charges');
  const message = `${charges} not counted: ${lack}`;
  return { lacking: { code: 'config', message } };
}

/** Whether this is the last part of a response with an earlier part missing. */
function lacksPart({ partOf, completeFor }: Fetched, whole: ResponseParts | undefined): boolean {
  return partOf !== undefined && completeFor !== undefined && whole === undefined;
}

/** The fetch with its bytes, as a failed one. Its facts can be read again after confirmation. */
function withoutFacts({ fetch }: Fetched, failure: WithdrawalFailure): Fetched {
  return { fetch: { ...fetch, failure } };
}

type SharedWriters = ReturnType<typeof createSharedWriters>;

/** Writers that several steps need. Each prepares its statements once. */
function createSharedWriters(store: Store, repeats: RepeatLog) {
  return {
    requests: createRequestWriter(store.db),
    hosted: createHostedUsageWriter(store, repeats),
  };
}

/** Facts that a complete response no longer has: deleted resources and withdrawn usage. */
function createAbsenceWriter(store: Store, repeats: RepeatLog, { hosted }: SharedWriters) {
  const gone = createEndedResourceWriter(store, repeats);
  return (fetched: Fetched, origin: FetchOrigin, tally: Tally) => {
    gone(fetched, origin, tally);
    tally.restated += hosted.withdraw(fetched, origin);
  };
}

function createOtherWriters(store: Store, repeats: RepeatLog, { requests, hosted }: SharedWriters) {
  const usage = createUsageWriter(store.db, repeats);
  const usageFacts = createUsageFactWriter(store.db, repeats);
  const resources = createResourceWriter(store, repeats);
  const snapshots = createSnapshotWriter(store, repeats);
  const availability = createAvailabilityWriter(store, repeats);
  const prices = createPriceWriter(store, repeats);
  const rates = createRateWriter(store, repeats);
  const ops = createOpsWriter(store, repeats);
  const invoices = createInvoiceWriter(store, repeats);
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

/** How one deployment is weighed: its bill against its usage, and against its hosts. */

import { gpusOfReplica } from './replicaGpus.ts';
import { exact, ONE } from '../domain/exact.ts';
import type { DeploymentBill } from './bill/bill.ts';
import type { ChargeBook } from './chargeBook.ts';
import { committedUsd as committedTo } from './bill/commitment.ts';
import { contractOf } from './bill/contract.ts';
import type { DayGrid } from './bill/days.ts';
import { paidByHour } from './bill/paidHours.ts';
import { spendOf, timeOf } from './bill/rent.ts';
import { sharedRents } from './bill/sharedRent.ts';
import { breakEven } from './breakEven/breakEven.ts';
import { breakEvenSides } from './breakEven/breakEvenSides.ts';
import type { BoughtTraffic } from './hosted/bought.ts';
import { weighHosted } from './hosted/hosted.ts';
import type { PriceBook } from './hosted/priceBook.ts';
import type { DeploymentInput, StackInput } from './input.ts';
import { deploymentLabor, unloggedWarnings } from './labor.ts';
import { type GpuPrices, rentAt } from './option/gpuPrices.ts';
import { hybridOf } from './option/hybridOffer.ts';
import { offersOf } from './option/offers.ts';
import type { OptionFacts } from './option/optionFacts.ts';
import { serverlessWarnings } from './option/serverless.ts';
import type {
  BoughtEconomics,
  DayEconomics,
  DeploymentEconomics,
  Spend,
  Unbilled,
} from './result.ts';
import type { Commitment } from './stackParts.ts';
import { capacityOf } from './usage/capacity.ts';
import { coverDays } from './usage/coverage.ts';
import { tokensByHour } from './usage/load.ts';
import { busyMsOf, daysOf, servedOf } from './usage/served.ts';
import type { UsageTally } from './usage/usageTally.ts';
import { useOf } from './usage/use.ts';
import { unbilledWarnings, watchedWarnings } from './usage/sideWarnings.ts';
import { coarseWarnings, doubtWarnings, guessWarnings, unpaidWarnings } from './usage/warnings.ts';
import { watchedTime } from './usage/watched.ts';
import type { Warning } from './warning.ts';

export interface DeploymentTerms {
  readonly stack: StackInput;
  readonly input: DeploymentInput;
  readonly bill: DeploymentBill;
  readonly charges: ChargeBook;
  /** Of billed time alone. */
  readonly tally: UsageTally;
  readonly unbilled?: Unbilled;
  /** What of its traffic is bought elsewhere; absent where nothing is. */
  readonly bought?: BoughtTraffic;
  readonly book: PriceBook;
  readonly grid: DayGrid;
  readonly commitments: readonly Commitment[];
}

export function weighDeployment(terms: DeploymentTerms): DeploymentEconomics {
  const { stack, input, tally, unbilled, book, grid, commitments } = terms;
  const { facts, doubts, warnings } = factsOf(terms);
  const { capacity, time, lacks } = facts;
  const committedUsd = committedTo(commitments, input.id);
  const prices = pricesOf(terms, facts);
  const rent = rentOf(facts, prices);
  const served = servedOf(tally);
  const days = daysOf({ ...rent, tally, unbilled, capacity, grid });
  const use = useOf({ tokens: served.tokens, ...useTerms(facts, rent) });
  const cacheShare = stack.cacheRealization.base;
  const found = weighHosted({ input, ...boughtOf(terms), grid, book, cacheShare });
  const hybrid = hybridOf(facts, found, { committedUsd, prices });
  const weighed = {
    id: input.id,
    model: input.model,
    sources: [...facts.bill.sources.keys()].sort(),
    days,
    spend: rent.spend,
    served,
    ...(unbilled === undefined ? {} : { unbilled }),
    ...(terms.bought === undefined ? {} : { bought: elsewhereOf(terms.bought, served.tokens) }),
    ...(lacks === undefined ? {} : { lacks }),
    time,
    ...(capacity === undefined ? {} : { capacity }),
    ...use.figures,
    hosted: found.hosted,
    hybrid: hybrid.hybrid,
    offers: offersOf({ facts, hybrid, committedUsd, prices }),
    labor: deploymentLabor(stack.labor, input.id),
    cacheRealization: stack.cacheRealization,
    committedUsd,
    ...(prices.contract === undefined ? {} : { contract: prices.contract }),
    ...(facts.shared.length === 0 ? {} : { shared: facts.shared }),
    gpuRates: prices.rates,
    breakEven: {},
    load: {
      tokensByHour: tokensByHour(tally.series, stack.window),
      paidNsByHour: paidByHour(facts.bill.pieces, stack.window),
    },
    ...(doubts.length === 0 ? {} : { doubts }),
    ...waiverOf(input, stack.window.endMs),
    warnings: [
      ...unbilledWarnings(served.tokens, unbilled),
      ...watchedWarnings(time),
      ...doubtWarnings(doubts),
      ...warnings,
      ...use.warnings,
      ...found.warnings,
      ...factWarnings(facts, days),
    ].map((warning) => ({ ...warning, deployment: input.id })),
  };
  return { ...weighed, breakEven: breakEvenOf(weighed, terms) };
}

/** What hosts are asked for, and when nobody looked at what they ask. */
function boughtOf({ tally, input, stack }: DeploymentTerms) {
  const { priceGaps: gaps } = stack;
  const { batchUsage: batch } = input;
  return {
    tally,
    ...(batch === undefined ? {} : { batch }),
    ...(gaps === undefined ? {} : { gaps }),
  };
}

/** The rates that were paid, and what is asked what if they were others. */
function pricesOf({ stack, input, commitments }: DeploymentTerms, { spend }: OptionFacts) {
  const rates = { own: input.gpuFactor ?? ONE, market: stack.marketFactor ?? ONE };
  return { contract: contractOf(spend, commitments, input.id), rates };
}

/** What was paid, at the rates that are asked for. */
function rentOf({ bill, covered, spend }: OptionFacts, prices: GpuPrices) {
  const rent = rentAt(bill, covered, { spend, prices });
  return { ...rent, spend: spendOf(rent.bill, rent.covered) };
}

function useTerms({ time, capacity, tally, lacks }: OptionFacts, { spend }: { spend: Spend }) {
  return { spend, time, busyMs: busyMsOf(tally), capacity, lacks };
}

/** What the bill and the usage say together, before anything is compared. */
function factsOf({ stack, input, bill, charges, tally, grid, bought }: DeploymentTerms) {
  const covered = coverDays(bill, tally);
  const spend = spendOf(bill, covered);
  const watched = watchedTime(bill.pieces, tally, input.gpu);
  const time = { ...timeOf(bill, covered), ...(watched === undefined ? {} : { watched }) };
  const { capacity, doubts, warnings } = capacityOf(input, tally.series);
  const lacks = lackingSide({ bill, tally, time });
  const told = {
    ...(capacity === undefined ? {} : { capacity }),
    ...(lacks === undefined ? {} : { lacks }),
    ...(bought === undefined ? {} : { bought }),
  };
  const shared = sharedRents(bill, covered, (index) => stack.deployments[index]?.id ?? '');
  const side = { tally, bill, charges, covered, spend, time, shared };
  const facts: OptionFacts = { stack, input, grid, ...side, ...told };
  return { facts, doubts: [...(input.doubts ?? []), ...doubts], warnings };
}

/** 3,000,000 tokens served here and 1,000,000 bought elsewhere are captured by 0.75. */
function elsewhereOf({ tokens, nanoUsd, models }: BoughtTraffic, own: number): BoughtEconomics {
  const all = BigInt(tokens) + BigInt(own);
  return {
    tokens,
    nanoUsd,
    models: models.map(({ sourceId, model }) => ({ sourceId, model })),
    ...(all === 0n ? {} : { servedHere: exact(BigInt(own), all) }),
  };
}

function factWarnings(facts: OptionFacts, days: readonly DayEconomics[]): Warning[] {
  const { stack, input, bill } = facts;
  return [
    ...serverlessWarnings(facts),
    ...(facts.capacity === undefined ? [] : coarseWarnings(facts.tally)),
    ...guessWarnings(bill),
    ...unpaidWarnings(days),
    ...unloggedWarnings(stack.labor, input.id),
  ];
}

/**
 * A comparison has two sides: what was billed, and what was served meanwhile. Where one is not
 * known nothing is saved or lost by any option, whatever people's hours come to.
 */
function lackingSide({
  bill,
  tally,
  time,
}: Pick<OptionFacts, 'bill' | 'tally' | 'time'>): DeploymentEconomics['lacks'] {
  if (bill.sources.size === 0) return 'bill';
  const isWatched = time.paidNs === 0n || time.coveredNs > 0n;
  return tally.series.length === 0 || !isWatched ? 'usage' : undefined;
}

function breakEvenOf(weighed: DeploymentEconomics, { stack, input }: DeploymentTerms) {
  const { capacity, time } = weighed;
  const sides = breakEvenSides(weighed, stack.labor.loadedUsdPerHour);
  const gpus = gpusOfReplica(input.gpu);
  return breakEven({ sides, capacity, time, gpus, window: stack.window });
}

/** A waiver that has run out by the window's end is said and ignored. */
function waiverOf({ waiver }: DeploymentInput, endMs: number) {
  if (waiver === undefined) return {};
  return { waiver: { ...waiver, expired: (waiver.expiresMs ?? Infinity) <= endMs } };
}

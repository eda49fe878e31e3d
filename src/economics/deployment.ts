/** Weighs one deployment: its bill against its usage, and against hosted APIs. */

import { gpusPerReplica } from './replicaGpus.ts';
import { exact, ONE } from '../domain/exact.ts';
import { committedUsd as committedTo } from './bill/commitment.ts';
import { findContract } from './bill/contract.ts';
import { paidByHour } from './bill/replicaTime.ts';
import { computePaidTime, computeSpend, coverDays } from './usage/coverage.ts';
import { computeSharedCosts } from './bill/sharedCost.ts';
import { findBreakEven, findBreakEvenSides } from './breakEven/breakEven.ts';
import type { BoughtTraffic } from './hosted/bought.ts';
import { weighHosted } from './hosted/weighHosted.ts';
import type { PriceBook } from './hosted/candidates.ts';
import type { DeploymentInput } from './input.ts';
import { deploymentLabor, unloggedWarnings } from './labor.ts';
import { type GpuPrices, repriceSpend } from './option/gpuPrices.ts';
import { weighHybridOption } from './option/hybridOffer.ts';
import { computeOffers } from './option/offers.ts';
import type { OptionFacts } from './option/optionFacts.ts';
import { serverlessWarnings } from './option/serverless.ts';
import type {
  BoughtEconomics,
  DayEconomics,
  DeploymentEconomics,
  Spend,
  UnbilledUsage,
} from './result.ts';
import type { StackCommitment } from './stackParts.ts';
import { findCapacity } from './usage/capacity.ts';
import { hourlyTokens } from './usage/hours.ts';
import { computeDays, computeUse, sumBusyMs, sumServed } from './usage/usageFigures.ts';
import {
  coarseWarnings,
  doubtWarnings,
  guessWarnings,
  observedTime,
  observedWarnings,
  unbilledWarnings,
  unpaidWarnings,
} from './usage/warnings.ts';
import type { Warning } from './warning.ts';

export interface DeploymentTerms
  extends Pick<OptionFacts, 'stack' | 'input' | 'bill' | 'charges' | 'tally' | 'bought' | 'grid'> {
  readonly unbilled?: UnbilledUsage;
  readonly book: PriceBook;
  readonly commitments: readonly StackCommitment[];
}

export function weighDeployment(terms: DeploymentTerms): DeploymentEconomics {
  const { stack, input, tally, unbilled, book, grid, commitments } = terms;
  const { facts, doubts, warnings } = gatherFacts(terms);
  const { capacity, time, lacks } = facts;
  const committedUsd = committedTo(commitments, input.id);
  const prices = pricesOf(terms, facts);
  const atRates = spendAtRates(facts, prices);
  const served = sumServed(tally);
  const days = computeDays({ ...atRates, tally, unbilled, capacity, grid });
  const use = computeUse({ tokens: served.tokens, ...usageTerms(facts, atRates) });
  const cacheShare = stack.cacheRealization.base;
  const hostedFinding = weighHosted({ input, ...hostedTerms(terms), grid, book, cacheShare });
  const hybrid = weighHybridOption(facts, hostedFinding, { committedUsd, prices });
  const weighed = {
    id: input.id,
    model: input.model,
    sources: [...facts.bill.sources.keys()].sort(),
    days,
    spend: atRates.spend,
    served,
    ...(unbilled === undefined ? {} : { unbilled }),
    ...(terms.bought === undefined
      ? {}
      : { bought: toBoughtEconomics(terms.bought, served.tokens) }),
    ...(lacks === undefined ? {} : { lacks }),
    time,
    ...(capacity === undefined ? {} : { capacity }),
    ...use.figures,
    hosted: hostedFinding.hosted,
    hybrid: hybrid.hybrid,
    offers: computeOffers({ facts, hybrid, committedUsd, prices }),
    labor: deploymentLabor(stack.labor, input.id),
    cacheRealization: stack.cacheRealization,
    committedUsd,
    ...(prices.contract === undefined ? {} : { contract: prices.contract }),
    ...(facts.shared.length === 0 ? {} : { shared: facts.shared }),
    gpuRates: prices.rates,
    breakEven: {},
    load: {
      tokensByHour: hourlyTokens(tally.series, stack.window),
      paidNsByHour: paidByHour(facts.bill.pieces, stack.window),
    },
    ...(doubts.length === 0 ? {} : { doubts }),
    ...findWaiver(input, stack.window.endMs),
    warnings: [
      ...unbilledWarnings(served.tokens, unbilled),
      ...observedWarnings(time),
      ...doubtWarnings(doubts),
      ...warnings,
      ...use.warnings,
      ...hostedFinding.warnings,
      ...factWarnings(facts, days),
    ].map((warning) => ({ ...warning, deployment: input.id })),
  };
  return { ...weighed, breakEven: computeBreakEven(weighed, terms) };
}

/** The tokens to price at hosted APIs, and gaps in price checks. */
function hostedTerms({ tally, input, stack }: DeploymentTerms) {
  const { priceGaps: gaps } = stack;
  const { batchUsage: batch } = input;
  return {
    tally,
    ...(batch === undefined ? {} : { batch }),
    ...(gaps === undefined ? {} : { gaps }),
  };
}

/** The contract, and the factors of a what-if on GPU rates. */
function pricesOf({ stack, input, commitments }: DeploymentTerms, { spend }: OptionFacts) {
  const rates = { own: input.gpuFactor ?? ONE, market: stack.marketFactor ?? ONE };
  return { contract: findContract(spend, commitments, input.id), rates };
}

/** The spend at the requested GPU rates. */
function spendAtRates({ bill, covered, spend }: OptionFacts, prices: GpuPrices) {
  const atRates = repriceSpend(bill, covered, { spend, prices });
  return { ...atRates, spend: computeSpend(atRates.bill, atRates.covered) };
}

function usageTerms({ time, capacity, tally, lacks }: OptionFacts, { spend }: { spend: Spend }) {
  return { spend, time, busyMs: sumBusyMs(tally), capacity, lacks };
}

/** Facts from the bill and the usage, before options are compared. */
function gatherFacts({ stack, input, bill, charges, tally, grid, bought }: DeploymentTerms) {
  const covered = coverDays(bill, tally);
  const spend = computeSpend(bill, covered);
  const watched = observedTime(bill.pieces, tally, input.gpu);
  const time = { ...computePaidTime(bill, covered), ...(watched === undefined ? {} : { watched }) };
  const { capacity, doubts, warnings } = findCapacity(input, tally.series);
  const lacks = lackingSide({ bill, tally, time });
  const optional = {
    ...(capacity === undefined ? {} : { capacity }),
    ...(lacks === undefined ? {} : { lacks }),
    ...(bought === undefined ? {} : { bought }),
  };
  const shared = computeSharedCosts(bill, covered, (index) => stack.deployments[index]?.id ?? '');
  const side = { tally, bill, charges, covered, spend, time, shared };
  const facts: OptionFacts = { stack, input, grid, ...side, ...optional };
  return { facts, doubts: [...(input.doubts ?? []), ...doubts], warnings };
}

/** 3,000,000 tokens served here and 1,000,000 bought elsewhere: a share of 0.75 is served here. */
function toBoughtEconomics(
  { tokens, nanoUsd, models }: BoughtTraffic,
  own: number,
): BoughtEconomics {
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
 * A comparison needs both sides: what was billed and what was served. If one is unknown, no option
 * saves or loses anything, whatever the engineering time costs.
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

function computeBreakEven(weighed: DeploymentEconomics, { stack, input }: DeploymentTerms) {
  const { capacity, time } = weighed;
  const sides = findBreakEvenSides(weighed, stack.labor.loadedUsdPerHour);
  const gpus = gpusPerReplica(input.gpu);
  return findBreakEven({ sides, capacity, time, gpus, window: stack.window });
}

/** A waiver that has expired by the end of the period is reported and ignored. */
function findWaiver({ waiver }: DeploymentInput, endMs: number) {
  if (waiver === undefined) return {};
  return { waiver: { ...waiver, expired: (waiver.expiresMs ?? Infinity) <= endMs } };
}

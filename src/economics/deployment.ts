/** Knows how one deployment is weighed: its bill against its usage, and against its hosts. */

import type { Exact } from '../domain/exact.ts';
import type { DeploymentBill } from './bill.ts';
import { breakEven } from './breakEven.ts';
import { breakEvenSides } from './breakEvenSides.ts';
import { capacityOf } from './capacity.ts';
import { coverDays } from './coverage.ts';
import type { DayGrid } from './days.ts';
import { type HostedFinding, weighHosted } from './hosted.ts';
import { termsOf } from './hosts.ts';
import { MOST_WEIGHED, weighHybrid } from './hybrid.ts';
import type { HybridFacts } from './hybridOffer.ts';
import type { DeploymentInput, StackInput } from './input.ts';
import { deploymentLabor, unloggedWarnings } from './labor.ts';
import { tokensByHour } from './load.ts';
import { offersOf } from './offers.ts';
import type { OptionFacts } from './optionFacts.ts';
import type { OverflowTerms } from './overflow.ts';
import type { PriceBook } from './priceBook.ts';
import { spendOf, timeOf } from './rent.ts';
import type { DayEconomics, DeploymentEconomics } from './result.ts';
import { serverlessWarnings } from './serverless.ts';
import { busyMsOf, daysOf, servedOf } from './served.ts';
import { useOf } from './use.ts';
import type { UsageTally } from './usageTally.ts';
import { guessWarnings, unpaidWarnings } from './warnings.ts';

export interface DeploymentTerms {
  readonly stack: StackInput;
  readonly input: DeploymentInput;
  readonly bill: DeploymentBill;
  readonly tally: UsageTally;
  readonly book: PriceBook;
  readonly grid: DayGrid;
  /** What it would leave behind by leaving its committed sources. */
  readonly committedUsd: Exact;
}

export function weighDeployment(terms: DeploymentTerms): DeploymentEconomics {
  const { stack, input, bill, tally, book, grid, committedUsd } = terms;
  const { cacheRealization } = stack;
  const covered = coverDays(bill, tally);
  const spend = spendOf(bill, covered);
  const time = timeOf(bill, covered);
  const served = servedOf(tally);
  const { capacity, warnings } = capacityOf(input, tally.series);
  const days = daysOf({ bill, tally, covered, capacity, grid });
  const [busyMs, isBilled] = [busyMsOf(tally), bill.sources.size > 0];
  const use = useOf({ tokens: served.tokens, spend, time, busyMs, capacity, isBilled });
  const found = weighHosted({ input, tally, grid, book, cacheShare: cacheRealization.base });
  const told = capacity === undefined ? {} : { capacity };
  const facts: OptionFacts = { stack, input, grid, tally, bill, covered, spend, time, ...told };
  const hybrid = hybridOf(facts, found, committedUsd);
  const offers = offersOf({ facts, hybrid, committedUsd });
  const weighed = {
    id: input.id,
    model: input.model,
    sources: [...bill.sources.keys()].sort(),
    days,
    spend,
    served,
    time,
    ...told,
    ...use.figures,
    hosted: found.hosted,
    hybrid: hybrid.hybrid,
    offers,
    labor: deploymentLabor(stack.labor, input.id),
    cacheRealization,
    committedUsd,
    breakEven: {},
    load: { tokensByHour: tokensByHour(tally.series, stack.window) },
    ...waiverOf(input, stack.window.endMs),
    warnings: [
      ...warnings,
      ...use.warnings,
      ...found.warnings,
      ...serverlessWarnings(facts),
      ...factWarnings(terms, days),
    ],
  };
  return { ...weighed, breakEven: breakEvenOf(weighed, terms) };
}

function factWarnings({ stack, input, bill }: DeploymentTerms, days: readonly DayEconomics[]) {
  return [
    ...guessWarnings(bill),
    ...unpaidWarnings(days),
    ...unloggedWarnings(stack.labor, input.id),
  ];
}

function hybridOf(facts: OptionFacts, found: HostedFinding, committedUsd: Exact): HybridFacts {
  const { capacity, spend, time, stack } = facts;
  const { chosen, hosted } = found;
  if (capacity === undefined) return without(found, 'the capacity of a replica is unknown');
  if (chosen === undefined) return without(found, hosted.reason ?? 'no hosted price');
  const overflow: OverflowTerms = {
    ...termsOf(chosen.candidate.equivalent, facts.input.hosted),
    series: facts.tally.series,
    capacity: capacity.tokensPerSecond,
    history: chosen.candidate.history,
    limit: Math.min(time.mostReplicas + 1, MOST_WEIGHED),
  };
  const cacheShare = stack.cacheRealization.base;
  const hybrid = weighHybrid({ overflow, spend, time, cacheShare, committedUsd });
  return { hybrid, overflow, found };
}

function without(found: HostedFinding, reason: string): HybridFacts {
  return { hybrid: { plans: [], reason }, found };
}

function breakEvenOf(weighed: DeploymentEconomics, { stack, input }: DeploymentTerms) {
  const { capacity, time } = weighed;
  const sides = breakEvenSides(weighed, stack.labor.loadedUsdPerHour);
  return breakEven({ sides, capacity, time, gpus: input.gpu.count, window: stack.window });
}

/** A waiver that has run out by the window's end is said and ignored. */
function waiverOf({ waiver }: DeploymentInput, endMs: number) {
  if (waiver === undefined) return {};
  return { waiver: { ...waiver, expired: (waiver.expiresMs ?? Infinity) <= endMs } };
}

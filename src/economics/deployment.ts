/** Knows how one deployment is weighed: its bill against its usage, and against its hosts. */

import type { Exact } from '../domain/exact.ts';
import type { DeploymentBill } from './bill.ts';
import { breakEven } from './breakEven.ts';
import { capacityOf } from './capacity.ts';
import { coverDays } from './coverage.ts';
import type { DayGrid } from './days.ts';
import { type HostedFinding, weighHosted } from './hosted.ts';
import { termsOf } from './hosts.ts';
import { MOST_WEIGHED, weighHybrid } from './hybrid.ts';
import type { DeploymentInput, StackInput } from './input.ts';
import { deploymentLabor, unloggedWarnings } from './labor.ts';
import { tokensByHour } from './load.ts';
import { hostedCost, pricedOption } from './options.ts';
import type { PriceBook } from './priceBook.ts';
import { spendOf, timeOf } from './rent.ts';
import type {
  Capacity,
  DayEconomics,
  DeploymentEconomics,
  HybridEconomics,
  PaidTime,
  Spend,
} from './result.ts';
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
  /** Of commitments that serve this deployment alone. */
  readonly strandedUsd: Exact;
}

export function weighDeployment(terms: DeploymentTerms): DeploymentEconomics {
  const { stack, input, bill, tally, book, grid, strandedUsd } = terms;
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
  const weighed = {
    id: input.id,
    model: input.model,
    sources: [...bill.sources].sort(),
    days,
    spend,
    served,
    time,
    ...(capacity === undefined ? {} : { capacity }),
    ...use.figures,
    hosted: found.hosted,
    hybrid: hybridOf(terms, { found, capacity, spend, time }),
    labor: deploymentLabor(stack.labor, input.id),
    cacheRealization,
    strandedUsd,
    breakEven: {},
    load: { tokensByHour: tokensByHour(tally.series, stack.window) },
    ...waiverOf(input, stack.window.endMs),
    warnings: [...warnings, ...use.warnings, ...found.warnings, ...factWarnings(terms, days)],
  };
  return { ...weighed, breakEven: breakEvenOf(weighed, stack) };
}

function factWarnings({ stack, input, bill }: DeploymentTerms, days: readonly DayEconomics[]) {
  return [
    ...guessWarnings(bill),
    ...unpaidWarnings(days),
    ...unloggedWarnings(stack.labor, input.id),
  ];
}

interface HybridFacts {
  readonly found: HostedFinding;
  readonly capacity: Capacity | undefined;
  readonly spend: Spend;
  readonly time: PaidTime;
}

function hybridOf(terms: DeploymentTerms, facts: HybridFacts): HybridEconomics {
  const { found, capacity, spend, time } = facts;
  const { chosen, hosted } = found;
  if (capacity === undefined) return { plans: [], reason: 'the capacity of a replica is unknown' };
  if (chosen === undefined) return { plans: [], reason: hosted.reason ?? 'no hosted price' };
  const overflow = {
    ...termsOf(chosen.candidate.equivalent, terms.input.hosted),
    series: terms.tally.series,
    capacity: capacity.tokensPerSecond,
    history: chosen.candidate.history,
    limit: Math.min(time.mostReplicas + 1, MOST_WEIGHED),
  };
  return weighHybrid({ overflow, spend, time, cacheShare: terms.stack.cacheRealization.base });
}

function breakEvenOf(weighed: DeploymentEconomics, { window }: StackInput) {
  const { served, capacity, time, labor } = weighed;
  return breakEven({
    keepUsd: pricedOption(weighed, 'keep').usd,
    hostedUsd: hostedCost(weighed),
    hostedLaborUsd: labor.hosted.base,
    tokens: served.tokens,
    capacity,
    time,
    window,
  });
}

/** A waiver that has run out by the window's end is said and ignored. */
function waiverOf({ waiver }: DeploymentInput, endMs: number) {
  if (waiver === undefined) return {};
  return { waiver: { ...waiver, expired: (waiver.expiresMs ?? Infinity) <= endMs } };
}

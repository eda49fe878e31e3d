/** Computes the hosted counterfactual of a deployment: all endpoints, and the chosen one. */

import { add, compare, type Exact, exact, multiply, ZERO } from '../../domain/exact.ts';
import { DAY_MS, intersection } from '../../domain/period.ts';
import type { PriceGap } from '../../domain/price.ts';
import { type UsageSeries } from '../../domain/usage.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { DeploymentInput, HostedInput } from '../input.ts';
import type { HostedLack } from '../lack.ts';
import type { HostedEconomics } from '../result.ts';
import type { UsageTally } from '../usage/usageTally.ts';
import type { Warning } from '../warning.ts';
import { countSellersByDay, findRetiredCompanies } from './eligibility.ts';
import {
  candidateCompany,
  findCandidates,
  type HostCandidates,
  type PriceBook,
} from './candidates.ts';
import {
  buildSegments,
  hourlySegments,
  meanSize,
  type Segments,
  sizeInWhole,
  splitRows,
} from './segments.ts';
import { type UncertaintyTerms, findPriceUncertainty } from './priceUncertainty.ts';
import type { ConsideredHost } from './consideredHost.ts';
import { atCacheShare, costLines, tabUsd } from './hostedCost.ts';
import { hostedWarnings } from './hostedWarnings.ts';
import {
  compareParity,
  hostPriceTerms,
  type HostTerms,
  type WeighedHost,
  weighHost,
} from './weighHost.ts';
import { usdPerMtokByWeek } from './priceTrend.ts';
import { peakMinute } from './rateLimit.ts';
import { batchDiscount, computeSecondHandShare, standardTab, tabForPeriod } from './tabs.ts';

export interface HostedFinding {
  readonly hosted: HostedEconomics;
  readonly chosen?: WeighedHost;
  /** Cheapest first. */
  readonly eligible: readonly WeighedHost[];
  readonly segments: Segments;
  /** The part of them that may wait; absent if unknown. */
  readonly batch?: Segments;
  /** The usage, split where a price changes within the day. */
  readonly series: UsageSeries;
  /** Instants at which any endpoint's price changed. */
  readonly changesMs: readonly number[];
  /** Prompt sizes with different prices at any endpoint. */
  readonly thresholds: readonly number[];
  readonly gaps: readonly PriceGap[];
  readonly warnings: readonly Warning[];
}

export interface HostedTerms {
  readonly input: DeploymentInput;
  readonly tally: UsageTally;
  /** The part of `tally` that may wait. */
  readonly batch?: UsageSeries;
  readonly grid: DayGrid;
  readonly book: PriceBook;
  readonly gaps?: readonly PriceGap[];
  readonly cacheShare: Exact;
}

export function weighHosted(from: HostedTerms): HostedFinding {
  const { input, grid, book } = from;
  const candidates = findCandidates(input.hosted, book, grid.window);
  const facts = gatherFacts(from, candidates);
  const { terms, changesMs } = facts;
  const considered = candidates.all.map((each) => weighHost(each, terms)).sort(byCost);
  const eligible = considered.filter(({ usd }) => usd !== undefined);
  const [cheapest] = eligible;
  const medianUsd = medianCost(eligible);
  const { chosen, reason } = chooseHost(input.hosted, considered, eligible);
  const daily = [...new Set([...(chosen === undefined ? [] : [chosen]), ...eligible])];
  const hosted = {
    isPinned: input.hosted.policy === 'pinned',
    considered: considered.map(withoutHistory),
    ...(cheapest === undefined ? {} : { cheapest: withoutHistory(cheapest) }),
    ...(medianUsd === undefined ? {} : { medianUsd }),
    ...(reason === undefined ? {} : { reason }),
    byDay: daily.map((host) => ({ host: withoutHistory(host), usd: byDay(host, terms, grid) })),
    usdPerMtokByWeek: chosen === undefined ? [] : usdPerMtokByWeek(chosen, terms),
    sellers: new Set(eligible.map(({ candidate }) => candidateCompany(candidate))).size,
    soldBy: countSellersByDay(candidates.all, input.hosted, grid),
    retired: findRetiredCompanies(candidates.all, grid.window),
    ...(chosen === undefined ? {} : describeChosen(chosen, facts)),
  };
  return {
    hosted,
    ...(chosen === undefined ? {} : { chosen }),
    eligible,
    segments: terms.segments,
    ...(terms.batch === undefined ? {} : { batch: terms.batch }),
    series: facts.series,
    changesMs,
    thresholds: candidates.thresholds,
    gaps: facts.gaps,
    warnings: hostedWarnings({ hosted, chosen, tally: from.tally, terms, gaps: facts.gaps }),
  };
}

/** Bought tokens and price changes, the same for all endpoints. */
function gatherFacts(
  from: HostedTerms,
  { changesMs: priceChangesMs, edgesMs, thresholds }: HostCandidates,
): UncertaintyTerms {
  const { input, tally, batch, grid, cacheShare } = from;
  const { hosted } = input;
  const gaps = (from.gaps ?? []).filter(({ sourceId, model }) =>
    hosted.equivalents.some((each) => each.sourceId === sourceId && each.model === model),
  );
  const changesMs = [...priceChangesMs, ...gaps.map(({ startMs }) => startMs)];
  const { series, groups } =
    edgesMs.length === 0 ? { series: tally.series, groups: [] } : splitRows(tally.series, edgesMs);
  const hasLimit = hosted.equivalents.some(({ rateLimit }) => rateLimit !== undefined);
  const peak = hasLimit ? peakMinute(tally.series) : undefined;
  const waiting =
    batch === undefined || batch.length === 0 ? undefined : splitRows(batch, edgesMs).series;
  // A part is priced by the prompt size of its whole interval.
  const sizeOf = sizeInWhole(series, meanSize(thresholds));
  const terms: HostTerms = {
    hosted,
    segments: buildSegments(series, grid, { changesMs, thresholds }),
    ...(waiting === undefined
      ? {}
      : { batch: hourlySegments(waiting, grid, { changesMs, thresholds, sizeOf }) }),
    window: grid.window,
    cacheShare,
    ...(peak === undefined ? {} : { peak }),
  };
  const part = waiting === undefined ? {} : { waiting };
  return { terms, gaps, thresholds, series, ...part, groups, grid, changesMs };
}

/** Figures about the chosen endpoint. */
function describeChosen(chosen: WeighedHost, facts: UncertaintyTerms) {
  const { terms } = facts;
  const { candidate } = chosen;
  const { window, hosted, cacheShare, peak } = terms;
  const { rateLimit } = candidate.equivalent;
  const secondHand = computeSecondHandShare(candidate, terms.segments);
  const tabs = {
    standard: standardTab(candidate, terms.segments, window),
    discount: batchDiscount(candidate, terms, window),
  };
  return {
    chosen: withoutHistory(chosen),
    lines: costLines(tabs, hostPriceTerms(candidate.equivalent, hosted), cacheShare),
    doubts: findPriceUncertainty(chosen, facts),
    parity: compareParity(chosen, hosted, window),
    tokenRatio: candidate.equivalent.tokenRatio,
    ...(peak === undefined ? {} : { peak }),
    ...(rateLimit === undefined ? {} : { limit: rateLimit }),
    ...(secondHand === undefined ? {} : { hearsay: secondHand }),
  };
}

/** The median cost: $2.160113 for $2.125825 and $2.194400; `undefined` if none is eligible. */
function medianCost(eligible: readonly WeighedHost[]): Exact | undefined {
  const [lower, upper] = [lowerMiddle(eligible.length), Math.floor(eligible.length / 2)];
  const [low, high] = [eligible[lower]?.usd, eligible[upper]?.usd];
  return low && high && multiply(add(low, high), HALF);
}

const HALF = exact(1n, 2n);

/** The index of the median; of two in the middle, the cheaper one. */
function lowerMiddle(count: number): number {
  return Math.floor((count - 1) / 2);
}

function byCost(a: WeighedHost, b: WeighedHost): number {
  if (a.usd !== undefined && b.usd !== undefined) return compare(a.usd, b.usd) || byName(a, b);
  if (a.usd === undefined && b.usd === undefined) return byName(a, b);
  return a.usd === undefined ? 1 : -1;
}

function byName(a: ConsideredHost, b: ConsideredHost): number {
  const name = (host: ConsideredHost) => [host.host, host.model, host.sourceId].join('\u0000');
  return name(a) < name(b) ? -1 : 1;
}

function withoutHistory({ candidate: _candidate, ...host }: WeighedHost): ConsideredHost {
  return host;
}

/**
 * The pinned endpoint if one is pinned, else by policy among the eligible. `median` must be an
 * endpoint: for an even number, the cheaper of the two in the middle.
 */
function chooseHost(
  { policy, pinned, equivalents }: HostedInput,
  considered: readonly WeighedHost[],
  eligible: readonly WeighedHost[],
): { chosen?: WeighedHost; reason?: HostedLack } {
  if (equivalents.length === 0) return { reason: { code: 'no-equivalent-named' } };
  if (considered.length === 0) return { reason: { code: 'no-host-known' } };
  if (policy === 'pinned') return choosePinned(pinned ?? '', considered);
  const at = policy === 'median' ? lowerMiddle(eligible.length) : 0;
  const chosen = eligible[at];
  return chosen === undefined ? { reason: toNoneEligible(considered) } : { chosen };
}

function choosePinned(
  pinned: string,
  considered: readonly WeighedHost[],
): { chosen: WeighedHost } | { reason: HostedLack } {
  const matching = considered.filter(
    ({ host, hostName }) => host === pinned || hostName === pinned,
  );
  const [first] = matching;
  if (first === undefined) return { reason: { code: 'pinned-host-not-found', host: pinned } };
  const { reason } = first;
  return reason === undefined
    ? { chosen: first }
    : { reason: { code: 'pinned-host-not-eligible', host: pinned, why: reason } };
}

const MOST_HOSTS = 3;

function toNoneEligible(considered: readonly WeighedHost[]): HostedLack {
  const hosts = considered
    .flatMap(({ host, reason: why }) => (why === undefined ? [] : [{ host, why }]))
    .slice(0, MOST_HOSTS);
  return { code: 'no-host-eligible', hosts, hostCount: considered.length };
}

function byDay(host: WeighedHost, terms: HostTerms, grid: DayGrid): Exact[] {
  const priceTerms = hostPriceTerms(host.candidate.equivalent, terms.hosted);
  return Array.from({ length: grid.count }, (_, day) => {
    const startMs = dayMsAt(grid, day);
    const span = intersection({ startMs, endMs: startMs + DAY_MS }, grid.window);
    if (span === undefined) return ZERO;
    const tab = tabForPeriod(host.candidate, terms, span);
    return atCacheShare(tabUsd(tab, priceTerms), terms.cacheShare);
  });
}

/**
 * Knows the hosted counterfactual of a deployment: every host that was weighed, and the one that
 * counts.
 */

import { add, compare, type Exact, exact, multiply, ZERO } from '../../domain/exact.ts';
import { usdText } from '../../domain/money.ts';
import { DAY_MS, intersection } from '../../domain/period.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { DeploymentInput, HostedInput } from '../input.ts';
import { counted } from '../../domain/counted.ts';
import type { HostedEconomics } from '../result.ts';
import type { UsageTally } from '../usage/usageTally.ts';
import { isUnchecked } from './eligibility.ts';
import type { ConsideredHost } from './host.ts';
import { atCacheShare, tabUsd } from './hostedCost.ts';
import {
  candidatesOf,
  type HostTerms,
  tabBetween,
  termsOf,
  type WeighedHost,
  weighHost,
} from './hosts.ts';
import type { PriceBook } from './priceBook.ts';
import { usdPerMtokByWeek } from './priceTrend.ts';
import { type Segments, segmentsOf, withAllHits } from './segments.ts';

export interface HostedFinding {
  readonly hosted: HostedEconomics;
  readonly chosen?: WeighedHost;
  /** Cheapest first. */
  readonly eligible: readonly WeighedHost[];
  readonly segments: Segments;
  /** When any of the hosts' prices changed. */
  readonly changesMs: readonly number[];
  readonly warnings: readonly string[];
}

export interface HostedTerms {
  readonly input: DeploymentInput;
  readonly tally: UsageTally;
  readonly grid: DayGrid;
  readonly book: PriceBook;
  readonly cacheShare: Exact;
}

export function weighHosted({ input, tally, grid, book, cacheShare }: HostedTerms): HostedFinding {
  const candidates = candidatesOf(input.hosted, book);
  const changesMs = candidates.flatMap(({ history }) =>
    history.prices.map(({ validFromMs }) => validFromMs),
  );
  const segments = segmentsOf(tally.series, grid, { changesMs });
  const terms = { hosted: input.hosted, segments, window: grid.window, cacheShare };
  const considered = candidates.map((each) => weighHost(each, terms)).sort(byCost);
  const eligible = considered.filter(({ usd }) => usd !== undefined);
  const [cheapest] = eligible;
  const medianUsd = middleUsd(eligible);
  const { chosen, reason } = choose(input.hosted, considered, eligible);
  const told = [...new Set([...(chosen === undefined ? [] : [chosen]), ...eligible])];
  const hosted = {
    isPinned: input.hosted.policy === 'pinned',
    considered: considered.map(withoutHistory),
    ...(chosen === undefined ? {} : { chosen: withoutHistory(chosen) }),
    ...(cheapest === undefined ? {} : { cheapest: withoutHistory(cheapest) }),
    ...(medianUsd === undefined ? {} : { medianUsd }),
    ...(reason === undefined ? {} : { reason }),
    byDay: told.map((host) => ({ host: withoutHistory(host), usd: byDay(host, terms, grid) })),
    usdPerMtokByWeek: chosen === undefined ? [] : usdPerMtokByWeek(chosen, terms),
  };
  return {
    hosted,
    ...(chosen === undefined ? {} : { chosen }),
    eligible,
    segments,
    changesMs,
    warnings: chosen === undefined ? [] : warningsOf(chosen, { tally, segments, terms }),
  };
}

/** $2.125825 and $2.194400 have $2.160113 in the middle; `undefined` where nobody is eligible. */
function middleUsd(eligible: readonly WeighedHost[]): Exact | undefined {
  const [lower, upper] = [lowerMiddle(eligible.length), Math.floor(eligible.length / 2)];
  const [low, high] = [eligible[lower]?.usd, eligible[upper]?.usd];
  return low && high && multiply(add(low, high), HALF);
}

const HALF = exact(1n, 2n);

/** Of two in the middle the cheaper one. */
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
 * The pinned host if one is pinned, else by policy among the eligible. `median` has to be a host:
 * of an even number the cheaper of the two in the middle.
 */
function choose(
  { policy, pinned, equivalents }: HostedInput,
  considered: readonly WeighedHost[],
  eligible: readonly WeighedHost[],
): { chosen?: WeighedHost; reason?: string } {
  if (equivalents.length === 0) return { reason: 'no hosted equivalent is named in the config' };
  if (considered.length === 0) return { reason: 'no host of the model is known' };
  if (policy === 'pinned') return choosePinned(pinned ?? '', considered);
  const at = policy === 'median' ? lowerMiddle(eligible.length) : 0;
  const chosen = eligible[at];
  return chosen === undefined ? { reason: noneReason(considered) } : { chosen };
}

function choosePinned(pinned: string, considered: readonly WeighedHost[]) {
  const named = considered.filter(({ host, hostName }) => host === pinned || hostName === pinned);
  const [first] = named;
  if (first === undefined) return { reason: `the pinned host ${pinned} does not sell the model` };
  const { reason } = first;
  return reason === undefined
    ? { chosen: first }
    : { reason: `the pinned host ${pinned} is not eligible: ${reason}` };
}

const MOST_REASONS = 3;

function noneReason(considered: readonly WeighedHost[]): string {
  const reasons = considered
    .slice(0, MOST_REASONS)
    .map(({ host, reason }) => `${host}: ${reason ?? 'eligible'}`);
  const rest = considered.length - reasons.length;
  return `no host is eligible (${reasons.join('; ')}${rest > 0 ? `; and ${rest} more` : ''})`;
}

function byDay(host: WeighedHost, terms: HostTerms, grid: DayGrid): Exact[] {
  const priceTerms = termsOf(host.candidate.equivalent, terms.hosted);
  return Array.from({ length: grid.count }, (_, day) => {
    const startMs = dayMsAt(grid, day);
    const span = intersection({ startMs, endMs: startMs + DAY_MS }, grid.window);
    if (span === undefined) return ZERO;
    const tab = tabBetween(host.candidate, terms.segments, span);
    return atCacheShare(tabUsd(tab, priceTerms), terms.cacheShare);
  });
}

/** The lowest cost that unknown hits allow, at the base share of hits. */
function allHitsUsd(
  { candidate }: WeighedHost,
  { segments, window, hosted, cacheShare }: HostTerms,
) {
  const tab = tabBetween(candidate, withAllHits(segments), window);
  return atCacheShare(tabUsd(tab, termsOf(candidate.equivalent, hosted)), cacheShare);
}

interface Doubts {
  readonly tally: UsageTally;
  readonly segments: Segments;
  readonly terms: HostTerms;
}

function warningsOf(chosen: WeighedHost, { tally, terms }: Doubts): string[] {
  const blind = tally.cacheUnknown.reduce((sum, count) => sum + count, 0);
  const sellsCache = chosen.candidate.history.prices.some(
    ({ cachedInputPerMtok }) => cachedInputPerMtok !== undefined,
  );
  return [
    ...(blind > 0 && sellsCache && terms.cacheShare.num > 0n
      ? [
          `Cache hits are unknown in ${counted(blind, 'interval')} and count as none at ` +
            'the host: its cost is an upper bound there, and ' +
            `$${usdText(allHitsUsd(chosen, terms))} if all of those prompt tokens were hits.`,
        ]
      : []),
    ...(isUnchecked(chosen.candidate, terms.hosted, terms.window)
      ? [`${chosen.host} does not tell its uptime or context length; it passed unchecked.`]
      : []),
  ];
}

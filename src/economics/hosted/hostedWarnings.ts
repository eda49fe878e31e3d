/** What a reader must know of the hosted price before resting anything on it. */

import { counted } from '../../domain/counted.ts';
import { add, type Exact, toDecimal } from '../../domain/exact.ts';
import { dollars } from '../../domain/digits.ts';
import { dayText } from '../../domain/period.ts';
import { type PriceGap, UNSEEN_MS } from '../../domain/price.ts';
import type { HostedEconomics } from '../result.ts';
import type { UsageTally } from '../usage/usageTally.ts';
import { isUnchecked } from './eligibility.ts';
import type { PriceDoubt } from './host.ts';
import { atCacheShare, tabUsd } from './hostedCost.ts';
import { type HostTerms, termsOf, type WeighedHost } from './hosts.ts';
import { hadAllHit, tabBetween } from './tabs.ts';

export interface WarningTerms {
  readonly hosted: HostedEconomics;
  readonly chosen: WeighedHost | undefined;
  readonly tally: UsageTally;
  readonly terms: HostTerms;
  readonly gaps: readonly PriceGap[];
}

export function hostedWarnings(from: WarningTerms): string[] {
  const { hosted, chosen } = from;
  const gone = (hosted.retired ?? []).map(
    ({ host, hostName, sinceMs }) =>
      `${hostName ?? host} stopped selling the model on ${dayText(sinceMs)}.`,
  );
  if (chosen === undefined) return gone;
  return [...blindWarnings(chosen, from), ...uncheckedWarnings(chosen, from), ...gone].concat(
    hearsayWarnings(hosted),
    (hosted.doubts ?? []).map((doubt) => doubtText(doubt, hosted.chosen?.usd)),
    staleWarnings(from),
    lackWarnings(chosen, hosted),
  );
}

function blindWarnings(chosen: WeighedHost, { tally, terms }: WarningTerms): string[] {
  const blind = tally.cacheUnknown.reduce((sum, count) => sum + count, 0);
  const sellsCache = chosen.candidate.history.asked.distinct.some(
    ({ cachedInputPerMtok }) => cachedInputPerMtok !== undefined,
  );
  if (blind === 0 || !sellsCache || terms.cacheShare.num <= 0n) return [];
  return [
    `Cache hits are unknown in ${counted(blind, 'interval')} and count as none at ` +
      'the host: its cost is an upper bound there, and ' +
      `${dollars(allHitsUsd(chosen, terms))} if all of those prompt tokens were hits.`,
  ];
}

/** The lowest cost that unknown hits allow, at the base share of hits. */
function allHitsUsd({ candidate }: WeighedHost, terms: HostTerms) {
  const tab = tabBetween(candidate, hadAllHit(terms), terms.window);
  return atCacheShare(tabUsd(tab, termsOf(candidate.equivalent, terms.hosted)), terms.cacheShare);
}

function uncheckedWarnings(chosen: WeighedHost, { terms }: WarningTerms): string[] {
  return isUnchecked(chosen.candidate, terms.hosted, terms.window)
    ? [`${chosen.host} does not tell its uptime or context length; it passed unchecked.`]
    : [];
}

function hearsayWarnings({ hearsay, chosen }: HostedEconomics): string[] {
  if (hearsay === undefined || chosen === undefined) return [];
  const share = toDecimal(hearsay.tokenShare, 4);
  return [
    `Prices of ${chosen.host} are second-hand for a share of ${share} of the tokens, until ` +
      `${dayText(hearsay.untilMs)}: a catalog told them, not the host.`,
  ];
}

function doubtText(doubt: PriceDoubt, usd: Exact | undefined): string {
  const ends = [doubt.lessUsd, doubt.moreUsd].map((by) => dollars(usd ? add(usd, by) : by));
  const between = `the hosted cost lies between ${ends.join(' and ')}.`;
  if (doubt.code === 'gap') {
    const days = [doubt.startMs ?? 0, doubt.endMs ?? 0].map(dayText).join(' and ');
    return `Nobody looked at the price between ${days}, and it changed: ${between}`;
  }
  if (doubt.code === 'prompt-size') {
    return `The host asks more for long prompts, and only their mean is known: ${between}`;
  }
  return `The host asks by the hour, and usage is known for longer intervals: ${between}`;
}

/** Nobody has looked since: the last price is taken for the rest of the window. */
function staleWarnings({ gaps, terms }: WarningTerms): string[] {
  return gaps
    .filter(({ startMs, endMs }) => {
      const { endMs: lastMs } = terms.window;
      return (endMs ?? lastMs) >= lastMs && lastMs - startMs > UNSEEN_MS;
    })
    .map(({ model, sourceId, startMs }) => {
      return `Nobody looked at the prices of ${model} at ${sourceId} after ${dayText(startMs)}.`;
    });
}

function lackWarnings({ host }: WeighedHost, { parity }: HostedEconomics): string[] {
  const lacks = parity?.lacks ?? [];
  return lacks.length === 0 ? [] : [`${host} does not tell that it has ${lacks.join(', ')}.`];
}

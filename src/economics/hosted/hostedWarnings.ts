/** Warnings about the chosen hosted price: less certain or less checked than config requires. */

import { add, type Exact } from '../../domain/exact.ts';
import { sixPlaces } from '../../domain/figures.ts';
import { usdText } from '../../domain/money.ts';
import { dayText } from '../../domain/period.ts';
import { type PriceGap, UNCHECKED_MS } from '../../domain/price.ts';
import type { HostedEconomics } from '../result.ts';
import type { UsageTally } from '../usage/usageTally.ts';
import type { Warning } from '../warning.ts';
import { isUnchecked } from './eligibility.ts';
import type { PriceUncertainty } from './consideredHost.ts';
import { atCacheShare, tabUsd } from './hostedCost.ts';
import { type HostTerms, hostPriceTerms, type WeighedHost } from './weighHost.ts';
import { withAllCacheHits, tabForPeriod } from './tabs.ts';

export interface WarningTerms {
  readonly hosted: HostedEconomics;
  readonly chosen: WeighedHost | undefined;
  readonly tally: UsageTally;
  readonly terms: HostTerms;
  readonly gaps: readonly PriceGap[];
}

export function hostedWarnings(from: WarningTerms): Warning[] {
  const { hosted, chosen } = from;
  const gone = (hosted.retired ?? []).map(
    ({ host, hostName, sinceMs }): Warning => ({
      code: 'host-retired',
      host: hostName ?? host,
      day: dayText(sinceMs),
    }),
  );
  if (chosen === undefined) return gone;
  return [
    ...blindWarnings(chosen, from),
    ...uncheckedWarnings(chosen, from),
    ...gone,
    ...secondHandWarnings(hosted),
    ...(hosted.doubts ?? []).map((doubt) => doubtWarning(doubt, hosted.chosen?.usd)),
    ...staleWarnings(from),
    ...lackWarnings(chosen, hosted),
  ];
}

function blindWarnings(chosen: WeighedHost, { tally, terms }: WarningTerms): Warning[] {
  const intervals = tally.cacheUnknown.reduce((sum, count) => sum + count, 0);
  const sellsCache = chosen.candidate.history.resolved.distinct.some(
    ({ cachedInputPerMtok }) => cachedInputPerMtok !== undefined,
  );
  if (intervals === 0 || !sellsCache || terms.cacheShare.num <= 0n) return [];
  const allHitsUsd = usdText(allHitsCost(chosen, terms));
  return [{ code: 'cache-hits-unknown', intervals, allHitsUsd }];
}

/** The lowest cost that unknown cache hits allow, at the base share of hits. */
function allHitsCost({ candidate }: WeighedHost, terms: HostTerms): Exact {
  const tab = tabForPeriod(candidate, withAllCacheHits(terms), terms.window);
  return atCacheShare(
    tabUsd(tab, hostPriceTerms(candidate.equivalent, terms.hosted)),
    terms.cacheShare,
  );
}

function uncheckedWarnings({ host, candidate }: WeighedHost, { terms }: WarningTerms): Warning[] {
  return isUnchecked(candidate, terms.hosted, terms.window)
    ? [{ code: 'host-not-checked', host }]
    : [];
}

function secondHandWarnings({ hearsay, chosen }: HostedEconomics): Warning[] {
  if (hearsay === undefined || chosen === undefined) return [];
  return [
    {
      code: 'host-prices-second-hand',
      host: chosen.host,
      share: sixPlaces(hearsay.tokenShare),
      untilDay: dayText(hearsay.untilMs),
    },
  ];
}

function doubtWarning(doubt: PriceUncertainty, usd: Exact | undefined): Warning {
  const atDifference = (by: Exact) => usdText(usd === undefined ? by : add(usd, by));
  const ends = { lowUsd: atDifference(doubt.lessUsd), highUsd: atDifference(doubt.moreUsd) };
  switch (doubt.code) {
    case 'gap': {
      const days = { startDay: dayText(doubt.startMs ?? 0), endDay: dayText(doubt.endMs ?? 0) };
      return { code: 'host-price-changed-unseen', ...days, ...ends };
    }
    case 'prompt-size':
      return { code: 'prompt-sizes-unknown', ...ends };
    case 'long-interval':
      return { code: 'intervals-longer-than-price-hours', ...ends };
  }
}

/** Prices not checked since: the last price is used for the rest of the period. */
function staleWarnings({ gaps, terms }: WarningTerms): Warning[] {
  return gaps
    .filter(({ startMs, endMs }) => {
      const { endMs: lastMs } = terms.window;
      return (endMs ?? lastMs) >= lastMs && lastMs - startMs > UNCHECKED_MS;
    })
    .map(({ model, sourceId, startMs }) => ({
      code: 'prices-not-looked-at',
      model,
      source: sourceId,
      sinceDay: dayText(startMs),
    }));
}

function lackWarnings({ host }: WeighedHost, { parity }: HostedEconomics): Warning[] {
  const features = parity?.lacks ?? [];
  return features.length === 0 ? [] : [{ code: 'features-not-stated', host, features }];
}

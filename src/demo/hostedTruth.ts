/** Computes exactly what each provider would have charged for the traffic of a deployment. */

import { scaledDecimal, divideRounded } from '../domain/exact.ts';
import { HOUR_MS } from '../domain/period.ts';
import { dayStartsIn, PRICE_PULLS } from './calendar.ts';
import { ASSUMPTIONS, type FleetDeployment } from './company.ts';
import type { Fleet } from './fleet.ts';
import { findChargedPrice, type DemoOffer } from './market.ts';
import { type PodTraffic, type ServedTraffic, sumUserTraffic } from './traffic.ts';

export interface HostedTruth {
  readonly host: string;
  readonly quantization: string;
  /** Why the audit must not choose this provider; null if it may. */
  readonly notEligible: string | null;
  /** The exact cost of the traffic in the window; null if it did not sell the whole time. */
  readonly costUsdExact: string | null;
  /** The same, rounded half to even to six places, as in the audit. */
  readonly costUsd: string | null;
}

/** All prices have at most six decimals, so micro-dollars per million tokens are whole. */
const PRICE_PLACES = 6;

/**
 * With n = price × 10^6, χ = 1/2 and a fee of 55/1000, a segment costs
 * `[(2·prompt − cached)·n_in + cached·n_cached + 2·output·n_out] · 1055 / (2 · 10^3 · 10^6 · 10^6)`
 * dollars.
 */
const DENOMINATOR_PLACES = 16;

export function computeHostedTruth(
  fleet: Fleet,
  deployment: FleetDeployment,
  traffic: readonly PodTraffic[],
): HostedTruth[] {
  const offers = fleet.offers.filter((offer) => offer.model === deployment.hosted.model);
  const segments = pricedSegments(fleet, offers).map((span) => ({
    startMs: span.startMs,
    served: sumUserTraffic(traffic, span),
  }));
  return offers.map((offer) => {
    const costs = segments.map(({ startMs, served }) => costOf(offer, startMs, served));
    const total = costs.reduce(addKnown, 0n);
    return {
      host: offer.tag,
      quantization: offer.quantization,
      notEligible: notEligible(offer, deployment),
      costUsdExact: total === undefined ? null : scaledDecimal(total, DENOMINATOR_PLACES),
      costUsd: total === undefined ? null : sixPlaces(total),
    };
  });
}

/**
 * Splits the window at price pulls and at the start and end of peaks. Between two pulls, the price
 * of the earlier one is in force.
 */
function pricedSegments({ window }: Fleet, offers: readonly DemoOffer[]) {
  const hours = offers.flatMap(({ peak }) =>
    peak === undefined ? [] : [peak.startHour, peak.endHour],
  );
  const peaks = dayStartsIn(window).flatMap((dayMs) => hours.map((hour) => dayMs + hour * HOUR_MS));
  const inside = [...PRICE_PULLS, ...peaks].filter(
    (atMs) => atMs > window.startMs && atMs < window.endMs,
  );
  const cuts = [...new Set(inside)].sort((a, b) => a - b);
  const edges = [window.startMs, ...cuts, window.endMs];
  return edges.slice(1).map((endMs, index) => ({ startMs: edges[index] ?? endMs, endMs }));
}

/** In units of 10^-16 dollars. Without a price for cache reads, hits cost as much as misses. */
function costOf(offer: DemoOffer, startMs: number, served: ServedTraffic): bigint | undefined {
  const price = findChargedPrice(offer, startMs);
  if (price === undefined) return undefined;
  const [input, output] = [micro(price.input), micro(price.output)];
  const cached = price.cached === undefined ? input : micro(price.cached);
  const doubled =
    BigInt(2 * served.promptTokens - served.cachedTokens) * input +
    BigInt(served.cachedTokens) * cached +
    BigInt(2 * served.outputTokens) * output;
  const feeThousandths = 1_000n + BigInt(Math.round(Number(ASSUMPTIONS.fee) * 1_000));
  return doubled * feeThousandths * 5n;
}

/** The sum, or `undefined` if a cost is unknown. */
function addKnown(total: bigint | undefined, cost: bigint | undefined): bigint | undefined {
  return total === undefined || cost === undefined ? undefined : total + cost;
}

function sixPlaces(total: bigint): string {
  return scaledDecimal(divideRounded(total, 10n ** BigInt(DENOMINATOR_PLACES - 6), 'half-even'), 6);
}

/** `'0.09375'` is 93,750. */
function micro(usdPerMtok: string): bigint {
  const [whole = '', fraction = ''] = usdPerMtok.split('.');
  return BigInt(whole + fraction.padEnd(PRICE_PLACES, '0'));
}

function notEligible(offer: DemoOffer, deployment: FleetDeployment): string | null {
  if (offer.isQuarantined === true) return 'quarantine';
  if (offer.free) return 'free';
  if (!deployment.hosted.quantizations.includes(offer.quantization)) return 'quantization';
  return offer.uptime < 100 * Number(ASSUMPTIONS.minUptime) ? 'uptime' : null;
}

/** The price with conditions for one interval, computed naively, and the intervals split for it. */

import { DAY_MS, MINUTE_MS, type Period } from '../../../src/domain/period.ts';
import type { HostedPrice, PriceOverride } from '../../../src/domain/price.ts';
import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import { Fraction, share } from './fraction.ts';
import { type OracleRow, toRows, secondsOf } from './served.ts';

/** The price after each condition that the interval meets has replaced its parts, in order. */
export function priceFor(row: OracleRow, price: HostedPrice, tokenRatio: Fraction): HostedPrice {
  let current = price;
  for (const { minPromptTokens, utc, ...prices } of price.overrides ?? []) {
    const isLong = minPromptTokens === undefined || isAbove(row, minPromptTokens, tokenRatio);
    if (isLong && (utc === undefined || holds(utc, row.startMs)))
      current = { ...current, ...prices };
  }
  return current;
}

/** By the mean prompt in the provider's tokens. An unknown number of requests is above zero. */
export function isAbove(
  { prompt, requests = 0n }: OracleRow,
  tokens: number,
  tokenRatio: Fraction,
): boolean {
  return (
    requests > 0n &&
    new Fraction(BigInt(tokens) * requests).below(tokenRatio.times(new Fraction(prompt)))
  );
}

function holds({ startMinute, endMinute, days }: NonNullable<PriceOverride['utc']>, atMs: number) {
  const at = new Date(atMs);
  const minute = at.getUTCHours() * 60 + at.getUTCMinutes();
  const length = (endMinute - startMinute + 1440) % 1440 || 1440;
  const isInside = (minute - startMinute + 1440) % 1440 < length;
  return isInside && (days === undefined || days.includes(at.getUTCDay()));
}

/** Prices of every provider of the equivalents. */
export function pricesOf(input: StackInput, deployment: DeploymentInput): HostedPrice[] {
  const { equivalents } = deployment.hosted;
  return input.prices.filter(({ sourceId, model }) =>
    equivalents.some((each) => each.sourceId === sourceId && each.model === model),
  );
}

/** The rows to be priced. None crosses a moment at which a price may change. */
export function pricedRows(input: StackInput, deployment: DeploymentInput): OracleRow[] {
  const edges = priceChangesIn(input, deployment);
  return toRows(deployment.usage).flatMap((row) => cutRow(row, edges));
}

/** Moments within the day at which any of the prices may change. */
export function priceChangesIn(input: StackInput, deployment: DeploymentInput): number[] {
  const prices = pricesOf(input, deployment);
  return prices.flatMap((price) => edgesOf(price, prices, input.window));
}

function edgesOf(price: HostedPrice, all: readonly HostedPrice[], window: Period): number[] {
  const untilMs = Math.min(
    window.endMs,
    ...all
      .filter(
        (each) =>
          each.host === price.host &&
          each.model === price.model &&
          each.serviceTier === price.serviceTier,
      )
      .map(({ validFromMs }) => validFromMs)
      .filter((validFromMs) => validFromMs > price.validFromMs),
  );
  const times = (price.overrides ?? []).flatMap(({ utc }) => (utc === undefined ? [] : [utc]));
  const minutes = times.flatMap(({ startMinute, endMinute, days }) =>
    days === undefined ? [startMinute, endMinute] : [startMinute, endMinute, 0],
  );
  const days = Array.from({ length: Math.ceil((window.endMs - window.startMs) / DAY_MS) + 2 });
  const firstMs = Math.floor(window.startMs / DAY_MS) * DAY_MS;
  return days
    .flatMap((_, day) => minutes.map((minute) => firstMs + day * DAY_MS + minute * MINUTE_MS))
    .filter((edge) => edge > price.validFromMs && edge < untilMs);
}

function cutRow(row: OracleRow, edges: readonly number[]): OracleRow[] {
  const inside = edges.filter((edge) => edge > row.startMs && edge < row.endMs);
  if (inside.length === 0) return [row];
  const times = [...new Set([row.startMs, ...inside, row.endMs])].sort((a, b) => a - b);
  const pieces = times.slice(1).map((endMs, at) => ({ startMs: times[at] ?? endMs, endMs }));
  const parts = (whole: bigint) => share(whole, pieces.map(secondsOf));
  const cached = row.cached === undefined ? undefined : parts(row.cached);
  const requests = row.requests === undefined ? undefined : parts(row.requests);
  const [uncached, output] = [parts(row.prompt - (row.cached ?? 0n)), parts(row.output)];
  return pieces.map((piece, at) => ({
    ...piece,
    prompt: (uncached[at] ?? 0n) + (cached?.[at] ?? 0n),
    output: output[at] ?? 0n,
    ...(cached === undefined ? {} : { cached: cached[at] ?? 0n }),
    ...(requests === undefined ? {} : { requests: requests[at] ?? 0n }),
  }));
}

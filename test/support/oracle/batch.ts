/**
 * The savings of batch prices, computed naively: each hour of deferrable usage at the cheaper
 * price.
 */

import { DAY_MS, HOUR_MS } from '../../../src/domain/period.ts';
import type { HostedPrice } from '../../../src/domain/price.ts';
import type { DeploymentInput, Equivalent, StackInput } from '../../../src/economics/input.ts';
import { priceFor, pricedRows, priceChangesIn, isAbove, pricesOf } from './conditions.ts';
import { ZERO_FRACTION, Fraction } from './fraction.ts';
import { type OracleRow, toRows } from './served.ts';

export interface BatchCase {
  readonly input: StackInput;
  readonly deployment: DeploymentInput;
  readonly equivalent: Equivalent;
  /** The provider's own prices, of any tier. */
  readonly history: readonly HostedPrice[];
  /** Dollars of tokens at a price. `undefined` if an unknown amount is needed. */
  readonly costOf: (
    row: OracleRow,
    price: HostedPrice,
    cacheShare: Fraction,
  ) => Fraction | undefined;
  readonly isSold: (price: HostedPrice) => boolean;
}

/** Dollars saved by the share of cache hits. The tier of each hour is chosen at the base share. */
export function computeBatchSaving(of: BatchCase): (cacheShare: Fraction) => Fraction {
  const base = Fraction.of(of.input.cacheRealization.base);
  const bought = hoursOf(of).flatMap((hour) => {
    const found = pricesIn(of, hour);
    if (found === undefined) return [];
    const saving = (share: Fraction) => savedUsd(of, { hour, ...found }, share);
    const atBase = saving(base);
    return atBase !== undefined && ZERO_FRACTION.below(atBase) ? [saving] : [];
  });
  return (share) => Fraction.sum(bought.map((saving) => saving(share) ?? ZERO_FRACTION));
}

interface Hour {
  /** Intervals of deferrable usage. */
  readonly parts: readonly OracleRow[];
  /** The row of all usage that contains the first of them. It determines the prompt length. */
  readonly whole: OracleRow;
}

/** By the hour, split where any price changes, and by prompt length. */
function hoursOf({ input, deployment }: BatchCase): Hour[] {
  const { batchUsage, usage } = deployment;
  if (batchUsage === undefined) return [];
  const starts = new Set(toRows(usage).map(({ startMs }) => startMs));
  const all = pricesOf(input, deployment);
  const ends = all.filter(
    ({ serviceTier, offered, validFromMs }) =>
      serviceTier === 'batch' && !offered && validFromMs < input.window.endMs,
  );
  const instants = new Set([
    ...priceChangesIn(input, deployment),
    ...all.map(({ validFromMs }) => validFromMs),
    ...ends.map(({ validFromMs }) => validFromMs - DAY_MS),
  ]);
  const whole = pricedRows(input, deployment);
  const waiting = pricedRows(input, { ...deployment, usage: batchUsage }).filter((row) =>
    toRows(batchUsage).some(
      (each) => starts.has(each.startMs) && each.startMs <= row.startMs && row.endMs <= each.endMs,
    ),
  );
  const placed = waiting.flatMap((part) => {
    const found = whole.find(({ startMs }) => startMs === part.startMs);
    return found === undefined || isEmpty(part) ? [] : [{ part, whole: found }];
  });
  const groups = Map.groupBy(placed, ({ part, whole: row }) =>
    JSON.stringify([
      Math.floor(part.startMs / HOUR_MS),
      [...instants].filter((at) => at <= part.startMs).length,
      sizesOf(row),
    ]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ parts: group.map(({ part }) => part), whole: first.whole }];
  });

  function sizesOf(row: OracleRow): boolean[] {
    return deployment.hosted.equivalents.flatMap(({ sourceId, model, tokenRatio }) =>
      all
        .filter((price) => price.sourceId === sourceId && price.model === model)
        .flatMap(({ overrides = [] }) => overrides)
        .flatMap(({ minPromptTokens: size }) =>
          size === undefined ? [] : [isAbove(row, size, Fraction.of(tokenRatio))],
        ),
    );
  }
}

function isEmpty({ prompt, output, requests = 0n }: OracleRow): boolean {
  return prompt + output + requests === 0n;
}

interface PricePair {
  readonly standard: HostedPrice;
  readonly batch: HostedPrice;
}

function pricesIn(of: BatchCase, { parts, whole }: Hour): PricePair | undefined {
  const atMs = parts[0]?.startMs ?? 0;
  const ratio = Fraction.of(of.equivalent.tokenRatio);
  const priceAt = (tier: HostedPrice['serviceTier']) => {
    const known = of.history.filter(({ serviceTier }) => serviceTier === tier);
    const begun = known.filter(({ validFromMs }) => validFromMs <= atMs);
    return begun.toSorted((a, b) => b.validFromMs - a.validFromMs)[0];
  };
  const [standard, batch] = [priceAt(undefined), priceAt('batch')];
  if (standard?.offered !== true || batch?.offered !== true) return undefined;
  const isEnded = of.history.some(
    ({ serviceTier, offered, validFromMs }) =>
      serviceTier === 'batch' &&
      !offered &&
      validFromMs > atMs &&
      validFromMs <= atMs + DAY_MS &&
      validFromMs < of.input.window.endMs,
  );
  const prices = {
    standard: priceFor(whole, standard, ratio),
    batch: priceFor(whole, batch, ratio),
  };
  return isEnded || !of.isSold(prices.batch) ? undefined : prices;
}

function savedUsd(
  { costOf }: BatchCase,
  { hour, standard, batch }: PricePair & { readonly hour: Hour },
  cacheShare: Fraction,
): Fraction | undefined {
  let saved = ZERO_FRACTION;
  for (const part of hour.parts) {
    const [one, other] = [costOf(part, standard, cacheShare), costOf(part, batch, cacheShare)];
    if (one === undefined || other === undefined) return undefined;
    saved = saved.plus(one.minus(other));
  }
  return saved;
}

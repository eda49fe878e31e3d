/**
 * The savings of batch prices, computed naively: each hour of deferrable usage at the cheaper
 * price.
 */

import { DAY_MS, HOUR_MS } from '../../../src/domain/period.ts';
import type { HostedPrice } from '../../../src/domain/price.ts';
import type { DeploymentInput, Equivalent, StackInput } from '../../../src/economics/input.ts';
import { askedOf, askedRows, edgesIn, isAbove, pricesOf } from './conditions.ts';
import { NIL, Q } from './fraction.ts';
import { type Row, rowsOf } from './served.ts';

export interface BatchCase {
  readonly input: StackInput;
  readonly deployment: DeploymentInput;
  readonly equivalent: Equivalent;
  /** The provider's own prices, of any tier. */
  readonly history: readonly HostedPrice[];
  /** Dollars of tokens at a price. `undefined` if an unknown amount is needed. */
  readonly costOf: (row: Row, price: HostedPrice, cacheShare: Q) => Q | undefined;
  readonly isSold: (price: HostedPrice) => boolean;
}

/** Dollars saved by the share of cache hits. The tier of each hour is chosen at the base share. */
export function batchSavingOf(of: BatchCase): (cacheShare: Q) => Q {
  const base = Q.of(of.input.cacheRealization.base);
  const bought = hoursOf(of).flatMap((hour) => {
    const found = pricesIn(of, hour);
    if (found === undefined) return [];
    const saving = (share: Q) => savedUsd(of, { hour, ...found }, share);
    const atBase = saving(base);
    return atBase !== undefined && NIL.below(atBase) ? [saving] : [];
  });
  return (share) => Q.sum(bought.map((saving) => saving(share) ?? NIL));
}

interface Hour {
  /** Intervals of deferrable usage. */
  readonly parts: readonly Row[];
  /** The row of all usage that contains the first of them. It determines the prompt length. */
  readonly whole: Row;
}

/** By the hour, split where any price changes, and by prompt length. */
function hoursOf({ input, deployment }: BatchCase): Hour[] {
  const { batchUsage, usage } = deployment;
  if (batchUsage === undefined) return [];
  const starts = new Set(rowsOf(usage).map(({ startMs }) => startMs));
  const all = pricesOf(input, deployment);
  const ends = all.filter(
    ({ serviceTier, offered, validFromMs }) =>
      serviceTier === 'batch' && !offered && validFromMs < input.window.endMs,
  );
  const instants = new Set([
    ...edgesIn(input, deployment),
    ...all.map(({ validFromMs }) => validFromMs),
    ...ends.map(({ validFromMs }) => validFromMs - DAY_MS),
  ]);
  const whole = askedRows(input, deployment);
  const waiting = askedRows(input, { ...deployment, usage: batchUsage }).filter((row) =>
    rowsOf(batchUsage).some(
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

  function sizesOf(row: Row): boolean[] {
    return deployment.hosted.equivalents.flatMap(({ sourceId, model, tokenRatio }) =>
      all
        .filter((price) => price.sourceId === sourceId && price.model === model)
        .flatMap(({ overrides = [] }) => overrides)
        .flatMap(({ minPromptTokens: size }) =>
          size === undefined ? [] : [isAbove(row, size, Q.of(tokenRatio))],
        ),
    );
  }
}

function isEmpty({ prompt, output, requests = 0n }: Row): boolean {
  return prompt + output + requests === 0n;
}

interface PricePair {
  readonly standard: HostedPrice;
  readonly batch: HostedPrice;
}

function pricesIn(of: BatchCase, { parts, whole }: Hour): PricePair | undefined {
  const atMs = parts[0]?.startMs ?? 0;
  const ratio = Q.of(of.equivalent.tokenRatio);
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
  const prices = { standard: askedOf(whole, standard, ratio), batch: askedOf(whole, batch, ratio) };
  return isEnded || !of.isSold(prices.batch) ? undefined : prices;
}

function savedUsd(
  { costOf }: BatchCase,
  { hour, standard, batch }: PricePair & { readonly hour: Hour },
  cacheShare: Q,
): Q | undefined {
  let saved = NIL;
  for (const part of hour.parts) {
    const [one, other] = [costOf(part, standard, cacheShare), costOf(part, batch, cacheShare)];
    if (one === undefined || other === undefined) return undefined;
    saved = saved.plus(one.minus(other));
  }
  return saved;
}

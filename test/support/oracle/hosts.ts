/** The price of each interval at each provider, computed naively. */

import type { HostedPrice } from '../../../src/domain/price.ts';
import type { DeploymentInput, Equivalent, StackInput } from '../../../src/economics/input.ts';
import { Fraction, ONE_FRACTION, ZERO_FRACTION } from './fraction.ts';
import { isAbove, priceChangesIn, pricedRows, priceFor, pricesOf } from './conditions.ts';
import { type OracleRow, tokensOf, toRows } from './served.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/period.ts';

export interface OracleHost {
  readonly host: string;
  readonly model: string;
  /** Usage priced by whole intervals, split where a provider's price may change within the day. */
  readonly rows: readonly OracleRow[];
  /** Dollars of the row, by the share of our cache hits. `undefined` if unknown. */
  readonly rowUsd: (row: OracleRow, cacheShare: Fraction) => Fraction | undefined;
  readonly eligible: boolean;
  readonly total: (cacheShare: Fraction) => Fraction;
}

export function hostsOf(input: StackInput, deployment: DeploymentInput): OracleHost[] {
  return deployment.hosted.equivalents.flatMap((equivalent) => {
    const known = input.prices.filter(({ sourceId, model }) => {
      return sourceId === equivalent.sourceId && model === equivalent.model;
    });
    const names = [...new Set(known.map(({ host }) => host))];
    return names.map((host) => {
      const all = known.filter((price) => price.host === host);
      const history = all.filter(({ serviceTier }) => serviceTier === undefined);
      return oneHost({ input, deployment, equivalent, host, history, all });
    });
  });
}

interface Case {
  readonly input: StackInput;
  readonly deployment: DeploymentInput;
  readonly equivalent: Equivalent;
  readonly host: string;
  /** At the standard tier, and at any. */
  readonly history: readonly HostedPrice[];
  readonly all: readonly HostedPrice[];
}

function oneHost(one: Case): OracleHost {
  const { input, deployment, equivalent, host, history } = one;
  const rows = pricedRows(input, deployment).filter(used);
  const rowUsd = (row: OracleRow, cacheShare: Fraction) => {
    const inForceNow = inForce(history, row.startMs);
    const price = inForceNow && priceFor(row, inForceNow, Fraction.of(equivalent.tokenRatio));
    if (price === undefined || !isSold(price, deployment)) return undefined;
    return cost(row, price, { deployment, equivalent, cacheShare });
  };
  const batchSaving = computeBatchSaving({
    ...one,
    history: one.all,
    costOf: (row, price, cacheShare) => cost(row, price, { deployment, equivalent, cacheShare }),
    isSold: (price) => isSold(price, deployment),
  });
  const total = (cacheShare: Fraction) =>
    Fraction.sum(rows.map((row) => rowUsd(row, cacheShare) ?? ZERO_FRACTION)).minus(
      batchSaving(cacheShare),
    );
  const atEnd = inForce(history, input.window.endMs - 1);
  const last = atEnd && priceFor(idleAt(input.window.endMs - 1), atEnd, ONE_FRACTION);
  const priced =
    rows.length === 0
      ? last !== undefined && isSold(last, deployment)
      : rows.every((row) => rowUsd(row, ZERO_FRACTION) !== undefined);
  return { host, model: equivalent.model, rows, rowUsd, total, eligible: priced && allowed(one) };
}

function idleAt(startMs: number): OracleRow {
  return { startMs, endMs: startMs, prompt: 0n, output: 0n };
}

function used(row: OracleRow): boolean {
  return tokensOf(row) > 0n || (row.requests ?? 0n) > 0n;
}

/** The newest price that began at or before the instant. `undefined` once the provider has left. */
function inForce(history: readonly HostedPrice[], atMs: number): HostedPrice | undefined {
  const begun = history.filter(({ validFromMs }) => validFromMs <= atMs);
  const newest = begun.reduce<HostedPrice | undefined>((best, price) => {
    return best === undefined || price.validFromMs > best.validFromMs ? price : best;
  }, undefined);
  return newest?.offered === true ? newest : undefined;
}

/** Has an input and an output price, not both zero unless a free provider is allowed. */
function isSold(
  { inputPerMtok, outputPerMtok }: HostedPrice,
  { hosted }: DeploymentInput,
): boolean {
  if (inputPerMtok === undefined || outputPerMtok === undefined) return false;
  return hosted.allowFree || inputPerMtok > 0n || outputPerMtok > 0n;
}

interface CostTerms {
  readonly deployment: DeploymentInput;
  readonly equivalent: Equivalent;
  readonly cacheShare: Fraction;
}

function cost(row: OracleRow, price: HostedPrice, terms: CostTerms): Fraction | undefined {
  const { inputPerMtok, cachedInputPerMtok, outputPerMtok, perRequest = 0n } = price;
  if (inputPerMtok === undefined || outputPerMtok === undefined) return undefined;
  if (row.requests === undefined && perRequest > 0n) return undefined;
  const hits =
    cachedInputPerMtok === undefined
      ? ZERO_FRACTION
      : terms.cacheShare.times(new Fraction(row.cached ?? 0n));
  const prompt = new Fraction(row.prompt).minus(hits).times(new Fraction(inputPerMtok));
  const cached = hits.times(new Fraction(cachedInputPerMtok ?? 0n));
  const output = new Fraction(row.output * outputPerMtok);
  const tokens = Fraction.sum([prompt, cached, output]);
  const billed = tokens
    .times(Fraction.of(terms.equivalent.tokenRatio))
    .over(new Fraction(1_000_000n));
  const requests = new Fraction((row.requests ?? 0n) * perRequest);
  const fee = ONE_FRACTION.plus(Fraction.of(terms.deployment.hosted.fee));
  return billed.plus(requests).times(fee).over(new Fraction(1_000_000_000n));
}

function allowed({ input, deployment, equivalent, host, history, all }: Case): boolean {
  const { allowFree, minContextLength } = deployment.hosted;
  const { hosts, excludeHosts = [], quantizations } = equivalent;
  const inWindow = history.filter(({ validFromMs }) => validFromMs < input.window.endMs);
  if (inWindow.length === 0) return false;
  if (hosts !== undefined && !hosts.includes(host)) return false;
  if (excludeHosts.includes(host)) return false;
  if (!reachable({ input, deployment, equivalent, host, history, all })) return false;
  return inWindow.every(({ free, quantization, contextLength }) => {
    if (free && !allowFree) return false;
    if (quantizations !== undefined && !quantizations.includes(quantization)) return false;
    return minContextLength === undefined || (contextLength ?? 0) >= minContextLength;
  });
}

/** Known to meet the required uptime. Unknown is not enough. */
function reachable({ input, deployment, equivalent, host }: Case): boolean {
  const { minUptime } = deployment.hosted;
  if (minUptime === undefined) return true;
  const seen = input.availability.filter((one) => {
    return (
      one.sourceId === equivalent.sourceId && one.model === equivalent.model && one.host === host
    );
  });
  const known = seen.filter(({ uptimeMillionths }) => uptimeMillionths !== undefined);
  if (known.length === 0) return false;
  const mean = known.reduce((sum, one) => sum + BigInt(one.uptimeMillionths ?? 0), 0n);
  return !new Fraction(mean, 1_000_000n * BigInt(known.length)).below(Fraction.of(minUptime));
}

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
function computeBatchSaving(of: BatchCase): (cacheShare: Fraction) => Fraction {
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

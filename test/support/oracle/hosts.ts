/** The price of each interval at each provider, computed naively. */

import type { HostedPrice } from '../../../src/domain/price.ts';
import type { DeploymentInput, Equivalent, StackInput } from '../../../src/economics/input.ts';
import { computeBatchSaving } from './batch.ts';
import { ZERO_FRACTION, Fraction, ONE_FRACTION } from './fraction.ts';
import { priceFor, pricedRows } from './conditions.ts';
import { type OracleRow, tokensOf } from './served.ts';

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

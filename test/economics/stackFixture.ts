/** Inputs of the economics for tests: the worked example, with any part replaced. */

import type { Charge } from '../../src/domain/charge.ts';
import { decimal, type Exact, ONE, toDecimal, ZERO } from '../../src/domain/exact.ts';
import { nanoUsdPerMtok, parseUsd } from '../../src/domain/money.ts';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import type { HostedPrice } from '../../src/domain/price.ts';
import { emptySeries, type OpenSeries } from '../../src/domain/usage.ts';
import type {
  DeploymentInput,
  HostedInput,
  LaborInput,
  LaborSide,
  AssumedRange,
  StackInput,
} from '../../src/economics/input.ts';

const START_MS = Date.UTC(2026, 6, 1);

/** An instant so many hours after the fixture's start. */
export function hour(hours: number): number {
  return START_MS + hours * HOUR_MS;
}

export function pointRange(value: string): AssumedRange {
  return { low: decimal(value), base: decimal(value), high: decimal(value) };
}

export function money(text: string) {
  const nano = parseUsd(text);
  if (nano === undefined) throw new Error(`not money: ${text}`);
  return nano;
}

/** Dollars or a ratio with six places; unknown stays undefined. */
export function six(value: Exact | undefined): string | undefined {
  return value && toDecimal(value, 6);
}

/** One interval: hours from the fixture's start, an hour long, one replica by default. */
export interface UsageInterval {
  readonly at: number;
  readonly hours?: number;
  readonly uncached?: number;
  readonly cached?: number | null;
  readonly output?: number;
  readonly requests?: number | null;
  readonly busyS?: number | null;
  readonly replicaS?: number | null;
  readonly estimated?: boolean;
}

export function series(rows: readonly UsageInterval[]): OpenSeries {
  const made = emptySeries(rows.length);
  for (const [index, row] of rows.entries()) {
    const { hours = 1, uncached = 0, cached = 0, output = 0, requests = 0, busyS = 0 } = row;
    const { replicaS = hours * 3600 } = row;
    made.startMs[index] = hour(row.at);
    made.endMs[index] = hour(row.at + hours);
    made.uncachedPromptTokens[index] = uncached;
    made.cachedPromptTokens[index] = cached ?? Number.NaN;
    made.outputTokens[index] = output;
    made.requests[index] = requests ?? Number.NaN;
    made.busyMs[index] = busyS === null ? Number.NaN : busyS * 1000;
    made.replicaMs[index] = replicaS === null ? Number.NaN : replicaS * 1000;
    made.estimated[index] = row.estimated === true ? 1 : 0;
  }
  return made;
}

export const WORKED_ROWS: readonly UsageInterval[] = [
  { at: 0, uncached: 2_400_000, cached: 600_000, output: 600_000, requests: 1500, busyS: 3000 },
  { at: 1, uncached: 7_200_000, cached: 1_800_000, output: 1_800_000, requests: 4500, busyS: 3600 },
  { at: 2 },
  { at: 3, uncached: 800_000, cached: 200_000, output: 200_000, requests: 500, busyS: 1200 },
];

export interface ChargeOptions extends Partial<Omit<Charge, 'billed' | 'period'>> {
  /** Dollars. */
  readonly usd: string;
  /** Hours from the fixture's start. */
  readonly from: number;
  readonly to: number;
}

let lines = 0;

export function charge({ usd, from, to, ...rest }: ChargeOptions): Charge {
  lines += 1;
  return {
    sourceId: 'bill',
    key: `line-${lines}`,
    resourceId: 'pod-1',
    category: 'compute',
    pricingClass: 'on-demand',
    basis: 'billed',
    ...rest,
    billed: money(usd),
    period: period(hour(from), hour(to)),
  };
}

/** $1.50 an hour for four hours. */
export const POD = charge({ usd: '6', from: 0, to: 4, quantity: decimal('4'), unit: 'Hours' });

export interface PriceOptions extends Partial<Omit<HostedPrice, 'inputPerMtok' | 'outputPerMtok'>> {
  readonly host: string;
  /** Dollars per million; null is not sold. */
  readonly input?: string | null;
  readonly cached?: string;
  readonly output?: string | null;
  readonly request?: string;
}

export function price({ input, cached, output, request, ...rest }: PriceOptions): HostedPrice {
  const perMtok = (text: string) => nanoUsdPerMtok(money(text));
  return {
    sourceId: 'market',
    model: 'open/model',
    quantization: 'fp8',
    validFromMs: hour(-720),
    free: false,
    offered: true,
    ...(input == null ? {} : { inputPerMtok: perMtok(input) }),
    ...(cached === undefined ? {} : { cachedInputPerMtok: perMtok(cached) }),
    ...(output == null ? {} : { outputPerMtok: perMtok(output) }),
    ...(request === undefined ? {} : { perRequest: money(request) }),
    ...rest,
  };
}

export const HOST_A = price({ host: 'host-a', input: '0.10', cached: '0.05', output: '0.30' });
export const HOST_B = price({ host: 'host-b', input: '0.12', output: '0.20' });

export function hosted(overrides: Partial<HostedInput> = {}): HostedInput {
  return {
    equivalents: [{ sourceId: 'market', model: 'open/model', tokenRatio: ONE }],
    policy: 'cheapest',
    fee: decimal('0.055'),
    allowFree: false,
    ...overrides,
  };
}

export function deployment(overrides: Partial<DeploymentInput> = {}): DeploymentInput {
  const usage = overrides.usage ?? series(WORKED_ROWS);
  return {
    id: 'chat',
    model: 'open/model',
    gpu: { type: 'A100-80GB', count: 1 },
    resources: [{ sourceId: 'bill', id: 'pod-1' }],
    usage,
    trailingUsage: usage,
    capacity: { tokensPerSecond: decimal('3000') },
    hosted: hosted(),
    rightSize: { headroom: decimal('0.8'), minReplicas: 1 },
    evictionOverhead: decimal('0.1'),
    ...overrides,
  };
}

function side(hoursPerDeployment: string): LaborSide {
  return { fixedHours: pointRange('0'), hoursPerDeployment: pointRange(hoursPerDeployment) };
}

/** Hours at $1: three for a self-hosted deployment, half an hour for a hosted one. */
export const LABOR: LaborInput = {
  loadedUsdPerHour: ONE,
  selfHosted: side('3'),
  hosted: side('0.5'),
  serverlessShare: decimal('0.6'),
  basis: 'assumed',
};

export const NO_LABOR: LaborInput = { ...LABOR, loadedUsdPerHour: ZERO };

export function stack(overrides: Partial<StackInput> = {}): StackInput {
  return {
    window: period(hour(0), hour(4)),
    charges: [POD],
    resources: [],
    prices: [HOST_A, HOST_B],
    availability: [],
    rates: [],
    deployments: [deployment()],
    labor: LABOR,
    commitments: [],
    sharing: 'gpu-time',
    cacheRealization: { low: ZERO, base: decimal('0.5'), high: ONE },
    market: {},
    migration: { hours: {}, stated: true },
    ...overrides,
  };
}

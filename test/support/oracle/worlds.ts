/** Random small stacks: odd hours, odd prices, shared pods and gaps. */

import type { Charge } from '../../../src/domain/charge.ts';
import { decimal, type Exact, exact, ONE, ZERO } from '../../../src/domain/exact.ts';
import { nanoUsd } from '../../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, type Period } from '../../../src/domain/period.ts';
import type {
  AssumedRange,
  CommitmentInput,
  DeploymentInput,
  ServerlessInput,
  StackInput,
} from '../../../src/economics/input.ts';
import { type Draw, int, pick, STEP_MS } from './draw.ts';
import { makeMarket, type Market } from './market.ts';
import { makeUsage, makeWaiting } from './usage.ts';
import { listCharges } from '../listCharges.ts';

const ORIGIN_MS = Date.UTC(2026, 5, 29);

/**
 * One to four deployments, with providers that price by the hour and by prompt length, and sell
 * batches for deferrable usage.
 */
export function makeConditionedWorld(draw: Draw): StackInput {
  const window = makeWindow(draw);
  const world = makeAround(draw, { window, market: makeMarket(draw, window, true), most: 4 });
  const deployments = world.deployments.map((each) =>
    int(draw, 0, 1) === 0 ? each : { ...each, batchUsage: makeWaiting(draw, each.usage) },
  );
  return { ...world, deployments };
}

/** One to `most` deployments. */
export function makeWorld(draw: Draw, most = 4): StackInput {
  const window = makeWindow(draw);
  return makeAround(draw, { window, market: makeMarket(draw, window), most });
}

interface Around {
  readonly window: Period;
  readonly market: Market;
  readonly most: number;
}

function makeAround(draw: Draw, { window, market, most }: Around): StackInput {
  const count = int(draw, 1, most);
  const ids = Array.from({ length: count }, (_, index) => `d${index}`);
  const share = pick(draw, undefined, exact(1n, 2n), exact(9n, 10n));
  const deployments = ids.map((id) => makeDeployment(draw, { id, window, market, share }));
  return {
    window,
    charges: makeCharges(draw, window, ids),
    resources: [],
    prices: market.prices,
    availability: market.availability,
    rates: [],
    market: {},
    migration: {
      hours: pick(draw, {}, { delete: exact(1n), hybrid: exact(1n, 3n) }),
      stated: true,
    },
    deployments,
    labor: {
      loadedUsdPerHour: exact(BigInt(int(draw, 0, 300)), 7n),
      selfHosted: { fixedHours: range(draw), hoursPerDeployment: range(draw) },
      hosted: { fixedHours: range(draw), hoursPerDeployment: range(draw) },
      serverlessShare: decimal('0.6'),
      basis: 'assumed',
    },
    commitments: makeCommitments(draw, window),
    sharing: pick(draw, 'gpu-time', 'tokens'),
    cacheRealization: {
      low: ZERO,
      base: pick(draw, decimal('0.5'), ZERO, ONE, exact(1n, 3n)),
      high: ONE,
    },
  };
}

/** A commitment to a source for a while after the window, or none. */
function makeCommitments(draw: Draw, window: Period): CommitmentInput[] {
  return Array.from({ length: int(draw, 0, 2) }, () => ({
    sourceId: pick(draw, 'bill', 'cloud', 'elsewhere'),
    usdPerMonth: nanoUsd(BigInt(int(draw, 0, 3000)) * 1_000_000_000n),
    untilMs: window.endMs + int(draw, -3, 60) * DAY_MS,
  }));
}

function range(draw: Draw): AssumedRange {
  const low = int(draw, 0, 5);
  const base = low + int(draw, 0, 5);
  return {
    low: exact(BigInt(low), 3n),
    base: exact(BigInt(base), 3n),
    high: exact(BigInt(base + 3)),
  };
}

/** One to six days, not always from midnight to midnight. */
function makeWindow(draw: Draw): Period {
  const startMs = ORIGIN_MS + pick(draw, 0, 0, int(draw, 1, 280) * STEP_MS);
  const days = int(draw, 1, 5);
  const cut = pick(draw, 0, 0, int(draw, 0, 200) * STEP_MS);
  return { startMs, endMs: startMs + days * DAY_MS - cut };
}

interface Place {
  readonly id: string;
  readonly window: Period;
  readonly market: Market;
  /** The part of a GPU that one replica has. A whole one by default. */
  readonly share: Exact | undefined;
}

function makeDeployment(draw: Draw, { id, window, market, share }: Place): DeploymentInput {
  const gpus = pick(draw, 1, 2);
  const capacity = pick(draw, undefined, '3000', '1234.5', '10');
  const usage = makeUsage(draw, window);
  return {
    id,
    model: 'own/model',
    gpu: { type: 'A100-80GB', ...(share === undefined ? { count: gpus } : { count: 1, share }) },
    resources: [
      { sourceId: 'bill', name: `${id}-*` },
      { sourceId: 'cloud', name: `*${id}-*` },
      { sourceId: 'bill', id: 'shared', tags: { team: 'all' } },
    ],
    usage,
    trailingUsage: usage,
    ...(capacity === undefined ? {} : { capacity: { tokensPerSecond: decimal(capacity) } }),
    hosted: market.makeHosted(draw),
    rightSize: {
      headroom: pick(draw, decimal('0.8'), ONE, decimal('0.35')),
      minReplicas: int(draw, 0, 2),
    },
    evictionOverhead: decimal('0.1'),
    ...(int(draw, 0, 1) > 0 ? {} : { serverless: makeServerless(draw) }),
    ...(int(draw, 0, 3) > 0 ? {} : { waiver: makeWaiver(draw, window) }),
  };
}

function makeServerless(draw: Draw): ServerlessInput {
  return {
    usdPerSecond: exact(BigInt(int(draw, 1, 9)), 10_000n),
    coldStartMs: int(draw, 0, 90) * 1000,
    idleTimeoutMs: int(draw, 0, 90) * 1000,
    minWorkers: int(draw, 0, 1),
  };
}

function makeWaiver(draw: Draw, window: Period) {
  const expiresMs = pick(draw, undefined, window.endMs + DAY_MS, window.startMs - DAY_MS);
  return { reason: 'residency', owner: 'legal', ...(expiresMs === undefined ? {} : { expiresMs }) };
}

function makeCharges(draw: Draw, window: Period, ids: readonly string[]): Charge[] {
  const own = ids.flatMap((id) => {
    return Array.from({ length: int(draw, 0, 4) }, (_, index) => {
      const name = `${id}-${int(draw, 0, 1)}`;
      return makeCharge(draw, {
        window,
        key: `${id}/${index}`,
        resourceId: name,
        resourceName: name,
      });
    });
  });
  const rest = Array.from({ length: int(draw, 0, 3) }, (_, index) => {
    const resourceId = pick(draw, 'shared', 'shared', 'orphan');
    const tags = { team: pick(draw, 'all', 'all', 'none') };
    return { ...makeCharge(draw, { window, key: `rest/${index}`, resourceId }), tags };
  });
  return [...own, ...rest];
}

type Line = Pick<Charge, 'key' | 'resourceId' | 'resourceName'> & { readonly window: Period };

const OTHERS = [
  'storage',
  'network',
  'fee',
  'commitment',
  'credit',
  'tax',
  'labor',
  'hosted',
] as const;

function makeCharge(draw: Draw, { window, ...line }: Line): Charge {
  const steps = (window.endMs - window.startMs) / STEP_MS;
  const startMs = window.startMs + int(draw, -300, steps - 1) * STEP_MS;
  const endMs = Math.max(window.startMs + STEP_MS, startMs + int(draw, 1, 900) * STEP_MS);
  const category = pick(draw, 'compute', 'compute', 'compute', ...OTHERS);
  const sign = category === 'credit' ? -1n : 1n;
  const billed = nanoUsd(sign * BigInt(int(draw, 0, 90_000_000)) * pick(draw, 1n, 1000n, 1000n));
  const period = { startMs, endMs };
  const sourceId = line.resourceName === undefined ? 'bill' : pick(draw, 'bill', 'cloud');
  const base = { ...line, sourceId, category, period, billed } as const;
  const kind = { pricingClass: 'on-demand', basis: 'billed' } as const;
  return { ...base, ...kind, ...(category === 'compute' ? makeQuantity(draw, period) : {}) };
}

/** Hours of the resource: all of the period, a part of it, or several at once. */
function makeQuantity(draw: Draw, period: Period) {
  const steps = BigInt((period.endMs - period.startMs) / STEP_MS);
  const [times, of] = pick(draw, [1n, 1n], [1n, 1n], [2n, 1n], [1n, 2n], [1n, 3n]) as [
    bigint,
    bigint,
  ];
  const gpuCount = pick(draw, undefined, 2, 4);
  const quantity = exact(steps * times * BigInt(STEP_MS), of * BigInt(HOUR_MS));
  return { quantity, unit: 'Hours', ...(gpuCount === undefined ? {} : { gpuCount }) };
}

/** Cents of a charge that many hosted prices beat, and of one that few do. */
const [DEAR, CHEAP] = [50_000, 1_000];

/** Every other world has every bill, so that laws on option costs meet many with a bill. */
export function makeMostlyBilled(draw: Draw, most?: number): StackInput {
  return int(draw, 0, 1) === 0 ? makeWorld(draw, most) : makeAllBilled(draw, most);
}

/**
 * A world with one more charge for each deployment, over the whole window, for one to three
 * replicas.
 */
export function makeAllBilled(draw: Draw, most?: number): StackInput {
  const world = makeWorld(draw, most);
  const { window } = world;
  const lengthMs = BigInt(window.endMs - window.startMs);
  const more = world.deployments.map(({ id }): Charge => {
    const cents = int(draw, 0, pick(draw, DEAR, CHEAP));
    const replicas = BigInt(int(draw, 1, 3));
    return {
      key: `${id}/throughout`,
      sourceId: 'bill',
      resourceId: `${id}-0`,
      resourceName: `${id}-0`,
      category: 'compute',
      pricingClass: 'on-demand',
      basis: 'billed',
      period: window,
      billed: nanoUsd(BigInt(cents) * 10_000_000n),
      quantity: exact(replicas * lengthMs, BigInt(HOUR_MS)),
      unit: 'Hours',
    };
  });
  return { ...world, charges: [...listCharges(world), ...more] };
}

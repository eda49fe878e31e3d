/** Charges rebuilt from uptime against a count of minutes, one by one, in random worlds. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Resource } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';
import { UPTIME_EVENT, GONE_STATUS, type UptimeRule } from '../../src/domain/uptime.ts';
import {
  type RebuiltCharges,
  rebuildFromUptime,
} from '../../src/economics/uptime/rebuildFromUptime.ts';
import { seededRandom } from '../../src/platform/random.ts';
import '../support/laws.ts';
import { size } from '../support/size.ts';

const START_MS = Date.UTC(2026, 8, 1);
const WINDOW = { startMs: START_MS, endMs: START_MS + 4 * DAY_MS };
const WORLDS = size({ short: 300, full: 5000 });

const RULE: UptimeRule = {
  kind: 'fake.uptime',
  listing: 'fake.list',
  of: 'instance',
  window: WINDOW,
  keyPrefix: 'instances/',
  idle: ['terminated'],
  starting: ['booting'],
  oneLife: true,
  unitMs: MINUTE_MS,
  pricingClass: 'on-demand',
  except: [],
};

interface World {
  /** What truly happened. */
  readonly startMs: number;
  readonly endMs: number;
  readonly prices: readonly (readonly [fromMs: number, centsPerHour: number])[];
  /** When the list was read. */
  readonly sampledAtMs: readonly number[];
  readonly isStartLogged: boolean;
  readonly isEndLogged: boolean;
}

function worldOf(seed: number): World {
  const random = seededRandom(`uptime ${seed}`);
  const startMs = START_MS + random.integer(-DAY_MS, 3 * DAY_MS);
  const sampledAtMs: number[] = [];
  for (let atMs = START_MS - 2 * DAY_MS; atMs < WINDOW.endMs; ) {
    sampledAtMs.push(atMs);
    const isGap = random.integer(1, 40) === 1;
    atMs += isGap ? random.integer(HOUR_MS, 30 * HOUR_MS) : random.integer(1, 40) * MINUTE_MS;
  }
  return {
    startMs,
    endMs: startMs + random.integer(1, 2 * DAY_MS),
    prices: [
      [0, random.integer(100, 4000)],
      [startMs + random.integer(0, DAY_MS), random.integer(100, 4000)],
    ],
    sampledAtMs,
    isStartLogged: random.integer(0, 1) === 1,
    isEndLogged: random.integer(0, 1) === 1,
  };
}

const centsAt = ({ prices }: World, atMs: number) =>
  prices.findLast(([fromMs]) => fromMs <= atMs)?.[1] ?? 0;
const isThere = ({ startMs, endMs }: World, atMs: number) => atMs >= startMs && atMs < endMs;
const shown = (world: World) => world.sampledAtMs.filter((atMs) => isThere(world, atMs));

/** What a ledger keeps: the first sample of each day, each change, and the disappearance. */
function sightingsOf(world: World): Resource[] {
  const base = { sourceId: 's', resourceId: 'i', kind: 'instance', gpuCount: 1 } as const;
  const rows: Resource[] = [];
  for (const seenAtMs of world.sampledAtMs) {
    const last = rows.at(-1);
    if (!isThere(world, seenAtMs)) {
      if (last !== undefined && last.status !== GONE_STATUS) {
        rows.push({ ...base, name: 'n', status: GONE_STATUS, seenAtMs });
      }
      continue;
    }
    const usdPerHour = nanoUsd(BigInt(centsAt(world, seenAtMs)) * 10_000_000n);
    const isNews =
      last?.usdPerHour !== usdPerHour ||
      Math.floor(last.seenAtMs / DAY_MS) !== Math.floor(seenAtMs / DAY_MS);
    if (isNews) rows.push({ ...base, name: 'n', status: 'active', usdPerHour, seenAtMs });
  }
  const event = { ...base, name: 'i', gpuType: 'gpu_1x_a10' };
  if (world.isStartLogged)
    rows.push({ ...event, status: UPTIME_EVENT.started, seenAtMs: world.startMs });
  if (world.isEndLogged) rows.push({ ...event, status: UPTIME_EVENT.ended, seenAtMs: world.endMs });
  return rows.sort((a, b) => a.seenAtMs - b.seenAtMs);
}

function rebuiltIn(world: World): RebuiltCharges {
  const facts = { sightings: sightingsOf(world), listedAtMs: world.sampledAtMs, rates: [] };
  return rebuildFromUptime(facts, RULE);
}

/** By the raw samples: from where to where it is charged; `undefined` for not at all. */
function chargedOf(world: World): { fromMs: number; toMs: number } | undefined {
  const [first, last] = [shown(world)[0], shown(world).at(-1)];
  const fromMs = world.isStartLogged ? world.startMs : first;
  const toMs = world.isEndLogged ? world.endMs : last;
  return fromMs === undefined || toMs === undefined || fromMs >= toMs
    ? undefined
    : { fromMs, toMs };
}

/** Nano-dollars by day, of the minutes that begin in it, each at the price last sampled by then. */
function countedByDay(world: World): Map<number, bigint> {
  const days = new Map<number, bigint>();
  const charged = chargedOf(world);
  const samples = shown(world);
  if (charged === undefined || samples.length === 0) return days;
  for (let atMs = charged.fromMs; atMs < charged.toMs; atMs += MINUTE_MS) {
    if (atMs < WINDOW.startMs || atMs >= WINDOW.endMs) continue;
    const sampleMs = samples.findLast((ms) => ms <= atMs) ?? samples[0] ?? 0;
    const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
    days.set(dayMs, (days.get(dayMs) ?? 0n) + BigInt(centsAt(world, sampleMs)));
  }
  // A cent an hour is 10,000,000 nano-dollars in sixty minutes.
  return new Map([...days].map(([day, cents]) => [day, half(cents * 10_000_000n)]));
}

/** To the nearest sixtieth; halves to even. */
function half(sixtieths: bigint): bigint {
  const [whole, rest] = [sixtieths / 60n, sixtieths % 60n];
  if (rest * 2n === 60n) return whole % 2n === 0n ? whole : whole + 1n;
  return rest * 2n > 60n ? whole + 1n : whole;
}

test('each day is charged for the minutes that begin in it, at the price sampled by then', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const world = worldOf(seed);
      const charges = rebuiltIn(world).resources.flatMap((one) => one.charges);
      const result = charges.map(({ charge }) => [
        Math.floor(charge.period.startMs / DAY_MS) * DAY_MS,
        BigInt(charge.billed),
      ]);
      expect(new Map(result as [number, bigint][])).toEqual(countedByDay(world));
    }),
    { numRuns: WORLDS },
  );
});

test('the true cost is between the bounds, except for the minute that has begun', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const world = worldOf(seed);
      fc.pre(isPriceSampled(world));
      const rebuilt = rebuiltIn(world);
      const charges = rebuilt.resources.flatMap((one) => one.charges);
      // What runs on after the last list is not known yet.
      const lastMs = world.isEndLogged ? WINDOW.endMs : (world.sampledAtMs.at(-1) ?? 0);
      const [fromMs, toMs] = [
        Math.max(world.startMs, WINDOW.startMs),
        Math.min(world.endMs, lastMs, WINDOW.endMs),
      ];
      let truth = 0;
      for (let ms = fromMs; ms < toMs; ms += 10_000) truth += (centsAt(world, ms) * 1e7) / 360;
      const cents = world.prices.map(([, price]) => price);
      const slack = (Math.max(...cents) * 1e7 * 2) / 60;
      const low = charges.reduce((sum, one) => sum + Number(one.low), 0);
      expect(truth).toBeGreaterThanOrEqual(low - slack);
      const isBounded = daysWithoutCharge(rebuilt) === 0;
      const high = charges.reduce((sum, one) => sum + Number(one.high), 0);
      expect(isBounded ? truth : 0).toBeLessThanOrEqual(high + slack);
    }),
    { numRuns: WORLDS },
  );
});

/** True where every price in force was sampled. */
function isPriceSampled(world: World): boolean {
  const [first, last] = [shown(world)[0], shown(world).at(-1)];
  if (first === undefined || last === undefined) return false;
  return (
    centsAt(world, world.startMs) === centsAt(world, first) &&
    centsAt(world, world.endMs - 1) === centsAt(world, last)
  );
}

/** Days on which it may have run and nothing is charged that could carry the bound. */
function daysWithoutCharge({ resources }: RebuiltCharges): number {
  const charged = new Set<number>();
  const possible = new Set<number>();
  for (const { charges, stretches } of resources) {
    for (const { charge } of charges) charged.add(Math.floor(charge.period.startMs / DAY_MS));
    for (const { startMs, endMs } of stretches) {
      const lastDay = Math.floor((endMs - 1) / DAY_MS);
      for (let day = Math.floor(startMs / DAY_MS); day <= lastDay; day += 1) possible.add(day);
    }
  }
  return [...possible].filter((day) => !charged.has(day)).length;
}

test('a list read twice and an event reported twice change nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const world = worldOf(seed);
      const sightings = sightingsOf(world);
      const facts = { listedAtMs: world.sampledAtMs, rates: [] };
      const once = rebuildFromUptime({ ...facts, sightings }, RULE);
      const again = rebuildFromUptime({ ...facts, sightings: [...sightings] }, RULE);
      expect(again).toEqual(once);
      const parts = [WINDOW.startMs, WINDOW.startMs + DAY_MS, WINDOW.endMs].slice(0, 2);
      const apart = parts.flatMap((startMs, at) => {
        const endMs = at === 0 ? startMs + DAY_MS : WINDOW.endMs;
        const rule = { ...RULE, window: { startMs, endMs } };
        return rebuildFromUptime({ ...facts, sightings }, rule).resources;
      });
      const keys = (of: readonly { charges: readonly { charge: object }[] }[]) =>
        of.flatMap(({ charges }) => charges.map(({ charge }) => charge));
      expect(keys(apart)).toEqual(keys(once.resources));
    }),
    { numRuns: WORLDS },
  );
});

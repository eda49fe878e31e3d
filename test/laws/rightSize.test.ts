/** Laws of right-sizing: it equals a count minute by minute, and never costs more than keep. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  add,
  compare,
  type Exact,
  exact,
  ONE,
  subtract,
  toDecimal,
  ZERO,
  sumWhole,
} from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { dayStartMs, HOUR_MS, MINUTE_MS, period } from '../../src/domain/period.ts';
import { tokensAt } from '../../src/domain/usage.ts';
import { paidByCell } from '../../src/economics/bill/replicaTime.ts';
import type { OptionFacts } from '../../src/economics/option/optionFacts.ts';
import { rightSizeOffer } from '../../src/economics/option/rightSize.ts';
import { optionFacts, pricedOffer } from '../economics/marketFixture.ts';
import {
  charge,
  deployment,
  hour,
  type UsageInterval,
  series,
  stack,
} from '../economics/stackFixture.ts';

const MINUTE_NS = 60_000_000_000n;

const step = fc.record({
  minutes: fc.constantFrom(5, 15, 20, 60, 90, 180),
  /** Multiples of what one replica of 1,000 tokens/s serves; some are edges. */
  load: fc.oneof(fc.constantFrom(0, 0, 0.8, 1.6, 2), fc.double({ min: 0, max: 4, noNaN: true })),
  kind: fc.constantFrom('known', 'known', 'known', 'blind', 'gap'),
  replicas: fc.constantFrom(0.5, 1, 2, 3),
});

/** Billed from one minute on, for some minutes and for a share of them in sixtieths. */
const pod = fc.record({
  from: fc.integer({ min: -120, max: 2000 }),
  minutes: fc.integer({ min: 1, max: 1500 }),
  sixtieths: fc.constantFrom(60, 60, 60, 30, 7),
  nano: fc.bigInt({ min: 0n, max: 40_000_000_000n }),
});

const worlds = fc.record({
  startMinute: fc.constantFrom(0, 0, 30, 1317),
  minutes: fc.integer({ min: 60, max: 2400 }),
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  pods: fc.array(pod, { minLength: 1, maxLength: 5 }),
  tokensPerSecond: fc.constantFrom(exact(1000n), exact(2000n, 3n), exact(4211n, 11n)),
  headroom: fc.constantFrom(exact(4n, 5n), ONE, exact(1n, 3n)),
  minReplicas: fc.constantFrom(0, 1, 2),
});
type World = typeof worlds extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const scales = fc
  .tuple(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 1n, max: 4n }))
  .map(([num, den]) => exact(num, den));

function usageOf({ startMinute, steps }: World) {
  const rows: UsageInterval[] = [];
  const edges: { startMs: number; endMs: number }[] = [];
  let at = startMinute;
  for (const { minutes, load, kind, replicas } of steps) {
    const from = hour(0) + at * MINUTE_MS;
    at += minutes;
    if (kind === 'gap') continue;
    const replicaS = kind === 'blind' ? null : replicas * minutes * 60;
    rows.push({ at: 0, output: Math.round(load * minutes * 60_000), replicaS });
    edges.push({ startMs: from, endMs: from + minutes * MINUTE_MS });
  }
  const [startMs, endMs] = [edges.map((edge) => edge.startMs), edges.map((edge) => edge.endMs)];
  const columns = { startMs: Float64Array.from(startMs), endMs: Float64Array.from(endMs) };
  return { ...series(rows), ...columns };
}

function chargesOf({ startMinute, pods }: World) {
  return pods.map(({ from, minutes, sixtieths, nano }, index) => {
    const startMs = hour(0) + (startMinute + from) * MINUTE_MS;
    return {
      ...charge({ usd: '0', from: 0, to: 1, resourceId: `pod-${index}` }),
      period: period(startMs, startMs + minutes * MINUTE_MS),
      billed: nanoUsd(nano),
      quantity: exact(BigInt(minutes * sixtieths), 3600n),
      unit: 'Hours',
    };
  });
}

function factsOfWorld(world: World): OptionFacts {
  const { startMinute, minutes, tokensPerSecond, headroom, minReplicas } = world;
  const startMs = hour(0) + startMinute * MINUTE_MS;
  const resources = [{ sourceId: 'bill', id: 'pod-*' }];
  const rightSize = { headroom, minReplicas };
  const deployments = [deployment({ usage: usageOf(world), rightSize, resources })];
  const window = { startMs, endMs: startMs + minutes * MINUTE_MS };
  const facts = optionFacts(stack({ window, charges: chargesOf(world), deployments }));
  return { ...facts, capacity: { tokensPerSecond, basis: 'measured' } };
}

/** ⌈tokens x scale / (seconds x capacity x headroom)⌉, in whole numbers only. */
function replicasOf(facts: OptionFacts, row: number, scale: Exact): bigint {
  const { series: usage } = facts.tally;
  const { headroom } = facts.input.rightSize;
  const capacity = facts.capacity?.tokensPerSecond ?? ONE;
  const lengthMs = BigInt((usage.endMs[row] ?? 0) - (usage.startMs[row] ?? 0));
  const num = BigInt(tokensAt(usage, row)) * 1000n * scale.num * capacity.den * headroom.den;
  const den = lengthMs * scale.den * capacity.num * headroom.num;
  return (num + den - 1n) / den;
}

/** Needed nanoseconds by UTC day, counted minute by minute, hour by hour. */
function minuteByMinute(facts: OptionFacts, { startMinute, pods }: World, scale: Exact) {
  const { window } = facts.grid;
  const { series: usage } = facts.tally;
  const days = new Map<number, bigint>();
  let off = 0;
  for (let hourMs = window.startMs; hourMs < window.endMs; hourMs += HOUR_MS) {
    const cells = new Map<number, { known: bigint; paid: bigint }>();
    let needed = BigInt(facts.input.rightSize.minReplicas);
    for (let at = hourMs; at < Math.min(hourMs + HOUR_MS, window.endMs); at += MINUTE_MS) {
      const cell = cells.get(dayStartMs(at)) ?? { known: 0n, paid: 0n };
      cells.set(dayStartMs(at), cell);
      for (let row = 0; row < usage.length; row += 1) {
        if (at < (usage.startMs[row] ?? 0) || at >= (usage.endMs[row] ?? 0)) continue;
        const replicas = replicasOf(facts, row, scale);
        if (replicas > needed) needed = replicas;
        cell.known += MINUTE_NS;
      }
      const minute = (at - hour(0)) / MINUTE_MS - startMinute;
      for (const { from, minutes, sixtieths } of pods) {
        if (minute >= from && minute < from + minutes) cell.paid += BigInt(sixtieths) * 10n ** 9n;
      }
    }
    const weighed = [...cells.values()].some(({ known, paid }) => known > 0n && paid > 0n);
    if (weighed && needed === 0n) off += 1;
    for (const [day, { known, paid }] of cells) {
      const wanted = needed * known;
      days.set(day, (days.get(day) ?? 0n) + (known === 0n || wanted < paid ? wanted : paid));
    }
  }
  const byDay = [...days.values()].map((ns, day) => {
    const coveredNs = facts.covered[day]?.coveredNs ?? 0n;
    return ns < coveredNs ? ns : coveredNs;
  });
  return { byDay, off };
}

function usdOf(facts: OptionFacts, byDay: readonly bigint[]): Exact {
  let whole = ZERO;
  for (const [day, { coveredNs, coveredComputeUsd: usd }] of facts.covered.entries()) {
    if (coveredNs === 0n) continue;
    whole = add(whole, exact(usd.num * (byDay[day] ?? 0n), usd.den * coveredNs));
  }
  return whole;
}

const covered = worlds
  .map((world) => ({ world, facts: factsOfWorld(world) }))
  .filter(({ facts }) => facts.time.coveredNs > 0n);

test('right-size equals a count minute by minute, to 10^-15 dollars', () => {
  fc.assert(
    fc.property(covered, scales, ({ world, facts }, scale) => {
      const offer = pricedOffer(rightSizeOffer(facts));
      const now = minuteByMinute(facts, world, ONE);
      expect(offer.detail.replicaHours).toEqual(exact(sumWhole(now.byDay), 60n * MINUTE_NS));
      expect(offer.detail.hoursOff).toBe(now.off);
      const then = minuteByMinute(facts, world, scale);
      const found = [offer.gpuUsd, offer.atScale?.(scale).gpuUsd ?? ZERO];
      for (const [at, { byDay }] of [now, then].entries()) {
        const difference = subtract(found[at] ?? ZERO, usdOf(facts, byDay));
        expect(toDecimal(difference, 15)).toMatch(/^-?0\.0*$/);
      }
    }),
    { numRuns: 60 },
  );
});

test('right-size never costs more than keep, and more tokens never cost less', () => {
  fc.assert(
    fc.property(covered, fc.array(scales, { minLength: 2, maxLength: 6 }), ({ facts }, drawn) => {
      const offer = pricedOffer(rightSizeOffer(facts));
      const most = facts.spend.coveredComputeUsd;
      let last = ZERO;
      for (const scale of drawn.sort(compare)) {
        const { gpuUsd = ZERO } = offer.atScale?.(scale) ?? {};
        expect(compare(last, gpuUsd) <= 0 && compare(gpuUsd, most) <= 0).toBe(true);
        last = gpuUsd;
      }
      const own = add(add(offer.gpuUsd, offer.storageUsd), offer.otherUsd);
      expect(compare(own, facts.spend.coveredUsd) <= 0).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('the days of right-size sum to its parts', () => {
  fc.assert(
    fc.property(covered, ({ facts }) => {
      const { gpuUsd, storageUsd, otherUsd, days } = pricedOffer(rightSizeOffer(facts));
      const whole = Number(toDecimal(add(add(gpuUsd, storageUsd), otherUsd), 12));
      const sum = days.ownUsd.reduce((all, day) => all + day, 0);
      expect(Math.abs(sum - whole)).toBeLessThan(1e-9);
    }),
    { numRuns: 40 },
  );
});

test('the cells of paid time sum to the pieces, whatever their nanoseconds', () => {
  const piece = fc.record({
    from: fc.integer({ min: 0, max: 1439 }),
    lengthMs: fc.integer({ min: 1, max: 3 * HOUR_MS }),
    ns: fc.bigInt({ min: 0n, max: 2n ** 52n }),
  });
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 5 }),
      fc.integer({ min: 0, max: 59 }),
      (drawn, late) => {
        const startMs = hour(0) + late * MINUTE_MS;
        const grid = optionFacts(stack({ window: { startMs, endMs: hour(72) } })).grid;
        const pieces = drawn.map(({ from, lengthMs, ns }) => {
          const fromMs = startMs + from * MINUTE_MS;
          const own = { day: 0, deployment: 0, isShared: false };
          return { ...own, startMs: fromMs, endMs: fromMs + lengthMs, ns };
        });
        const cells = [...paidByCell(pieces, grid)].map((cell) => BigInt(cell));
        expect(cells.every((cell) => cell >= 0n)).toBe(true);
        expect(sumWhole(cells)).toBe(sumWhole(drawn.map(({ ns }) => ns)));
      },
    ),
  );
});

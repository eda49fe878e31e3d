/**
 * Quarters whose truth is known, made hour by hour. Shares no code with the odds that it judges:
 * another chance, another way to every distribution.
 */

import type { Random } from '../../src/platform/random.ts';

/** What a deployment serves, by day: two windows one after the other. */
export interface SimulatedLoad {
  readonly served: Float64Array;
  /** What the process serves on such a day on average over all worlds. */
  readonly expected: Float64Array;
}

export const KINDS = [
  'steady',
  'weekly pattern',
  'short bursts',
  'bursts of three days',
  'weeks that persist',
] as const;
/** About one burst of three days a quarter: in every fourth quarter there is none to be seen. */
export const RARE = 'one burst a quarter';
export type Kind = (typeof KINDS)[number] | typeof RARE;

export interface Simulation {
  readonly kind: Kind;
  /** Of one window. */
  readonly days: number;
  /** Standard deviation of a day's own noise, and what of it lasts to the next day. */
  readonly noise?: number;
  readonly memory?: number;
}

const HOURS = 24;
const WEEKDAYS = [1.25, 1.2, 1.2, 1.15, 1.1, 0.6, 0.5];

/** Factors on a load of 1 a day; noise of days and of hours lies on all kinds alike. */
export function simulateLoad(simulation: Simulation, random: Random): SimulatedLoad {
  const { kind, days } = simulation;
  const count = 2 * days;
  const level = levelOf(kind, count, random);
  const noise = dayNoise(simulation, random);
  const served = new Float64Array(count);
  for (let day = 0; day < count; day += 1) {
    for (let hour = 0; hour < HOURS; hour += 1) {
      const own = 1 + 0.3 * normal(random);
      const wave = 1 + 0.6 * Math.sin((2 * Math.PI * hour) / HOURS);
      const load = wave * own * (noise[day] ?? 1) * (level.base[day] ?? 1);
      served[day] = (served[day] ?? 0) + (load + (level.extra[day * HOURS + hour] ?? 0)) / HOURS;
    }
  }
  return { served, expected: level.expected };
}

interface Level {
  /** A factor by day, and what bursts bring on top by hour. */
  readonly base: Float64Array;
  readonly extra: Float64Array;
  readonly expected: Float64Array;
}

function levelOf(kind: Kind, days: number, random: Random): Level {
  const one = new Float64Array(days).fill(1);
  const calm = { base: one, extra: new Float64Array(days * HOURS), expected: one };
  const bursts = BURSTS[kind];
  if (bursts !== undefined) return bursting(calm, bursts, random);
  if (kind === 'weekly pattern') {
    const week = one.map((_, day) => WEEKDAYS[day % 7] ?? 1);
    return { ...calm, base: week, expected: week };
  }
  return kind === 'weeks that persist' ? { ...calm, base: persistentWeeks(days, random) } : calm;
}

interface Bursts {
  readonly aWeek: number;
  readonly hours: readonly [least: number, most: number];
  /** Over the mean load, drawn for each; and what it is on average. */
  readonly height: (random: Random) => number;
  readonly meanHeight: number;
}

const TALL = { height: (random: Random) => 8 * exponential(random), meanHeight: 8 };
const BROAD = { height: (random: Random) => 1 + 2 * random.next(), meanHeight: 2 };
const BURSTS: Partial<Record<Kind, Bursts>> = {
  'short bursts': { aWeek: 2, hours: [1, 6], ...TALL },
  'bursts of three days': { aWeek: 0.35, hours: [72, 72], ...BROAD },
  [RARE]: { aWeek: 0.1, hours: [72, 72], ...BROAD },
};

/** They come by chance, whatever came before, also those that began before the first day. */
function bursting(calm: Level, bursts: Bursts, random: Random): Level {
  const { aWeek, hours, height, meanHeight } = bursts;
  const [least, most] = hours;
  const extra = calm.extra.slice();
  for (let hour = -most; hour < extra.length; hour += 1) {
    if (random.next() >= aWeek / (7 * HOURS)) continue;
    const end = hour + random.integer(least, most);
    const size = height(random);
    for (let at = Math.max(0, hour); at < Math.min(end, extra.length); at += 1) {
      extra[at] = (extra[at] ?? 0) + size;
    }
  }
  const share = (aWeek * ((least + most) / 2)) / (7 * HOURS);
  return { ...calm, extra, expected: calm.expected.map((usual) => usual + meanHeight * share) };
}

/** Four fifths of what a week strays last to the next; weeks begin on any day of the window. */
function persistentWeeks(days: number, random: Random): Float64Array {
  const [memory, spread] = [0.8, 0.3];
  const first = random.integer(0, 6);
  let [week, state] = [-1, normal(random)];
  return new Float64Array(days).map((_, day) => {
    const own = Math.floor((day + first) / 7);
    if (own !== week) state = memory * state + Math.sqrt(1 - memory * memory) * normal(random);
    week = own;
    return Math.max(0, 1 + spread * state);
  });
}

function dayNoise({ days, noise = 0.1, memory = 0.3 }: Simulation, random: Random): Float64Array {
  let state = normal(random);
  return new Float64Array(2 * days).map(() => {
    state = memory * state + Math.sqrt(1 - memory * memory) * normal(random);
    return Math.max(0, 1 + noise * state);
  });
}

/** By Box and Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}

/**
 * Quarters with known truth, generated hour by hour. Shares no code with the probabilities that it
 * checks: another random generator, another way to every distribution.
 */

import type { Random } from '../../src/platform/random.ts';

/** A deployment's usage by day, for two consecutive windows. */
export interface SimulatedLoad {
  readonly served: Float64Array;
  /** Mean usage on such a day over all worlds. */
  readonly expected: Float64Array;
}

export const KINDS = [
  'steady',
  'weekly pattern',
  'short bursts',
  'bursts of three days',
  'weeks that persist',
] as const;
/** About one burst of three days a quarter. Every fourth quarter has none. */
export const RARE = 'one burst a quarter';
export type LoadKind = (typeof KINDS)[number] | typeof RARE;

export interface Simulation {
  readonly kind: LoadKind;
  /** Length of one window. */
  readonly days: number;
  /** Standard deviation of a day's noise, and the share that persists to the next day. */
  readonly noise?: number;
  readonly memory?: number;
}

const HOURS = 24;
const WEEKDAYS = [1.25, 1.2, 1.2, 1.15, 1.1, 0.6, 0.5];

/** Factors on a load of 1 a day. All kinds have the same daily and hourly noise. */
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
  /** A factor by day, and the additional load of bursts by hour. */
  readonly base: Float64Array;
  readonly extra: Float64Array;
  readonly expected: Float64Array;
}

function levelOf(kind: LoadKind, days: number, random: Random): Level {
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
  /** Height over the mean load, drawn for each burst, and its mean. */
  readonly height: (random: Random) => number;
  readonly meanHeight: number;
}

const TALL = { height: (random: Random) => 8 * exponential(random), meanHeight: 8 };
const BROAD = { height: (random: Random) => 1 + 2 * random.next(), meanHeight: 2 };
const BURSTS: Partial<Record<LoadKind, Bursts>> = {
  'short bursts': { aWeek: 2, hours: [1, 6], ...TALL },
  'bursts of three days': { aWeek: 0.35, hours: [72, 72], ...BROAD },
  [RARE]: { aWeek: 0.1, hours: [72, 72], ...BROAD },
};

/** They come at random, whatever came before, also those that began before the first day. */
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

/** Four fifths of a week's deviation persist to the next. Weeks begin on any day of the window. */
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

/** Box-Muller transform. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}

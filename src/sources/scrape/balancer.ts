/** Several processes behind one address: a balancer, at which no process can be counted. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { type Engine, meaningOf, PROCESS_START } from '../engines/engine.ts';
import { SAME_START_MS } from '../engines/lives.ts';
import type { Scrape } from './history.ts';
import type { TextSample } from './text.ts';

/** Clocks of two machines may differ so much. */
const SKEW_MS = MINUTE_MS;

/** So many times a counter falls and stands as high as before again: no bad sample does. */
const TURNS = 2;

/**
 * Do the scrapes of one address, in order of time, come from more than one living process? A
 * process that started before the scrape of another one at the same address was there all along.
 * Where no start is told, counters that go back and forth say so.
 */
export function isShared(scrapes: readonly Scrape[], engine: Engine): boolean {
  const starts = scrapes.map((scrape) => startOf(scrape, engine));
  for (let index = 1; index < scrapes.length; index += 1) {
    const [before, start] = [starts[index - 1], starts[index]];
    const beforeMs = scrapes[index - 1]?.atMs ?? Number.NaN;
    if (before === undefined || start === undefined) continue;
    if (Math.abs(start - before) >= SAME_START_MS && start < beforeMs - SKEW_MS) return true;
  }
  return (
    starts.every((start) => start === undefined) &&
    turnsIn(scrapes.map((scrape) => heightOf(scrape, engine))) >= TURNS
  );
}

/** When the process says that it started, in milliseconds. */
function startOf({ samples }: Scrape, engine: Engine): number | undefined {
  // Samples of before, where there are any, stand first.
  const told = samples.findLast(({ name }) => name === PROCESS_START);
  const made = told ?? samples.findLast((sample) => tells(engine, sample, 'created'));
  return made === undefined ? undefined : made.value * SECOND_MS;
}

/** All tokens that it has counted. */
function heightOf({ samples }: Scrape, engine: Engine): number {
  const tokens = samples.filter(
    (sample) =>
      sample.atMs === undefined &&
      (tells(engine, sample, 'prompt') || tells(engine, sample, 'output')),
  );
  return tokens.reduce((sum, { value }) => sum + value, 0);
}

function tells(
  engine: Engine,
  { name, labels }: TextSample,
  fact: 'created' | 'prompt' | 'output',
): boolean {
  return meaningOf(engine, { ...labels, __name__: name })?.facts.includes(fact) === true;
}

function turnsIn(heights: readonly number[]): number {
  let [turns, high] = [0, Number.NEGATIVE_INFINITY];
  let isBelow = false;
  for (const height of heights) {
    if (isBelow && height >= high) {
      turns += 1;
      isBelow = false;
    } else if (!isBelow && height < high) {
      isBelow = true;
      continue;
    }
    if (!isBelow) high = height;
  }
  return turns;
}

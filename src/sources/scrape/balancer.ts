/** Detects several processes behind one address, such as a balancer, where none can be counted. */

import { Failure } from '../../domain/failure.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { type EngineMetrics, findMeaning, PROCESS_START } from '../engines/engine.ts';
import { SAME_START_MS } from '../engines/samples.ts';
import type { UsageTarget } from '../source.ts';
import type { ReplicaScrape } from './history.ts';
import type { TextSample } from './text.ts';

/** The largest expected clock difference between two machines. */
const CLOCK_SKEW_MS = MINUTE_MS;

/** How often a counter must fall and return to its old level. A bad sample does so only once. */
const MIN_TURNS = 2;

/**
 * Whether the scrapes of one address, in order of time, come from several running processes. A
 * process that started before another one's scrape at the same address was running all along.
 * Without start times, counters that go back and forth show it.
 */
export function isSharedAddress(scrapes: readonly ReplicaScrape[], engine: EngineMetrics): boolean {
  const starts = scrapes.map((scrape) => findStartMs(scrape, engine));
  for (let index = 1; index < scrapes.length; index += 1) {
    const [before, start] = [starts[index - 1], starts[index]];
    const beforeMs = scrapes[index - 1]?.atMs ?? Number.NaN;
    if (before === undefined || start === undefined) continue;
    if (Math.abs(start - before) >= SAME_START_MS && start < beforeMs - CLOCK_SKEW_MS) return true;
  }
  return (
    starts.every((start) => start === undefined) &&
    countTurns(scrapes.map((scrape) => sumTokens(scrape, engine))) >= MIN_TURNS
  );
}

/** The failure of an address at which several processes respond in turn. */
export function sharedAddressFailure(url: string, { deployment }: UsageTarget): Failure {
  const { host } = new URL(url);
  return new Failure('config', `${deployment}: several processes respond in turn at ${host}`, {
    where: url,
    expected: 'one process per address, or usage between scrapes would be lost',
    hint:
      'find the replicas themselves by dns, kubernetes or runpod; if it is one process, ' +
      'correct its clock',
  });
}

/** The start of the process in ms, as it reports it. */
function findStartMs({ samples }: ReplicaScrape, engine: EngineMetrics): number | undefined {
  // Samples of the previous scrape, if any, come first.
  const processStart = samples.findLast(({ name }) => name === PROCESS_START);
  const start = processStart ?? samples.findLast((sample) => hasFact(engine, sample, 'created'));
  return start === undefined ? undefined : start.value * SECOND_MS;
}

/** The sum of all tokens that it has counted. */
function sumTokens({ samples }: ReplicaScrape, engine: EngineMetrics): number {
  const tokens = samples.filter(
    (sample) =>
      sample.atMs === undefined &&
      (hasFact(engine, sample, 'prompt') || hasFact(engine, sample, 'output')),
  );
  return tokens.reduce((sum, { value }) => sum + value, 0);
}

function hasFact(
  engine: EngineMetrics,
  { name, labels }: TextSample,
  fact: 'created' | 'prompt' | 'output',
): boolean {
  return findMeaning(engine, { ...labels, __name__: name })?.facts.includes(fact) === true;
}

function countTurns(totals: readonly number[]): number {
  let [turns, high] = [0, Number.NEGATIVE_INFINITY];
  let isBelow = false;
  for (const total of totals) {
    if (isBelow && total >= high) {
      turns += 1;
      isBelow = false;
    } else if (!isBelow && total < high) {
      isBelow = true;
      continue;
    }
    if (!isBelow) high = total;
  }
  return turns;
}

/** When a process needs a start time, and how to query the server for it. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import { ask, type Reply, type Server } from './asking.ts';
import type { ServerProcess } from '../engines/processes.ts';
import type { Backend } from './backend.ts';
import { rangeOf } from './questions.ts';
import { at } from '../engines/samples.ts';
import { startQuery } from './selector.ts';
import { twinsOf } from '../engines/twins.ts';
import { type Matrix, matrixReading } from './matrix.ts';

/**
 * More scrape targets than these are asked for by their job alone, or the address grows too long.
 */
const INSTANCE_LIMIT = 40;

/**
 * Processes of which something hangs on a start that their own counters do not tell: what a first
 * value is worth, whether a fall or a long silence is a restart, whether copies are copies, whether
 * two addresses are one process.
 */
export function lackingStart(processes: readonly ServerProcess[], window: Period): ServerProcess[] {
  const twins = new Set(twinsOf(processes).flat());
  return processes.filter(
    (process) =>
      process.scrapedAs.some((labels) => labels['instance'] !== undefined) &&
      process.counters.some(({ counter }) => counter.startsMs === undefined) &&
      (appears(process, window) ||
        isLongSilent(process) ||
        process.presumed ||
        twins.has(process) ||
        falls(process)),
  );
}

/** Does any of its token counters ever stand lower than before? */
function falls({ counters }: ServerProcess): boolean {
  return counters.some(
    ({ fact, counter: { values } }) =>
      (fact === 'prompt' || fact === 'output') &&
      values.some((value, index) => value < at(values, index - 1)),
  );
}

/**
 * A first scrape after the window's start is a first sight, unless nothing had been counted yet.
 */
function appears({ timesMs, counters }: ServerProcess, window: Period): boolean {
  const firstMs = at(timesMs, 0);
  return firstMs > window.startMs && counters.some(({ counter }) => at(counter.values, 0) > 0);
}

function isLongSilent({ timesMs }: ServerProcess): boolean {
  return timesMs.some((instantMs, index) => instantMs - at(timesMs, index - 1) > HOUR_MS);
}

interface About {
  /** The deployment. */
  readonly about: string;
  readonly window: Period;
  readonly horizonMs: number;
  readonly parameters: Backend['parameters'];
}

/** Asks for `process_start_time_seconds` of the scrape targets of these processes. */
export function askStarts(
  server: Server,
  processes: readonly ServerProcess[],
  { about, window, horizonMs, parameters }: About,
): Promise<Reply<Matrix>> {
  const { span, time, seconds } = rangeOf(window, horizonMs);
  const query = { query: startQuery(targetLabels(processes), seconds), time, ...parameters };
  return ask(
    server,
    { kind: 'prometheus.start-times', about, window, segments: ['query'], query },
    matrixReading({ span }),
  );
}

function targetLabels(processes: readonly ServerProcess[]) {
  const jobs = valuesOf(processes, 'job');
  const instances = valuesOf(processes, 'instance');
  const byJob = jobs.size > 0 ? [['job', jobs] as const] : [];
  if (instances.size > INSTANCE_LIMIT && jobs.size > 0) return new Map(byJob);
  return new Map([...byJob, ['instance', instances] as const]);
}

function valuesOf(processes: readonly ServerProcess[], label: string): Set<string> {
  const targets = processes.flatMap(({ scrapedAs }) => scrapedAs);
  return new Set(targets.flatMap((labels) => labels[label] ?? []));
}

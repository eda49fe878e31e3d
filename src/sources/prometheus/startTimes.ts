/** Decides which processes need a start time, and queries it. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import type { QueryReply, PrometheusServer } from './sendQuery.ts';
import type { ServerProcess } from '../engines/processes.ts';
import type { Backend } from './options.ts';
import { createStartSelector } from './requests.ts';
import { numberAt } from '../engines/samples.ts';
import { findTwins } from '../engines/twins.ts';
import { type Matrix, querySamples } from './matrix.ts';

/**
 * The most scrape targets in one query. More are queried by job only, since the URL would be too
 * long.
 */
const INSTANCE_LIMIT = 40;

/**
 * Processes without start times that need one. It may decide whether a first value counts, whether
 * a fall or a long silence is a restart, and whether copies or two addresses are one process.
 */
export function findWithoutStart(
  processes: readonly ServerProcess[],
  window: Period,
): ServerProcess[] {
  const twins = new Set(findTwins(processes).flat());
  return processes.filter(
    (process) =>
      process.scrapedAs.some((labels) => labels['instance'] !== undefined) &&
      process.counters.some(({ counter }) => counter.startsMs === undefined) &&
      (isNew(process, window) ||
        hasLongSilence(process) ||
        process.presumed ||
        twins.has(process) ||
        hasFall(process)),
  );
}

/** Whether any of its token counters is ever lower than before. */
function hasFall({ counters }: ServerProcess): boolean {
  return counters.some(
    ({ fact, counter: { values } }) =>
      (fact === 'prompt' || fact === 'output') &&
      values.some((value, index) => value < numberAt(values, index - 1)),
  );
}

/**
 * Whether a process was first scraped after the start of the window, unless it had counted nothing.
 */
function isNew({ timesMs, counters }: ServerProcess, window: Period): boolean {
  const firstMs = numberAt(timesMs, 0);
  return (
    firstMs > window.startMs && counters.some(({ counter }) => numberAt(counter.values, 0) > 0)
  );
}

function hasLongSilence({ timesMs }: ServerProcess): boolean {
  return timesMs.some((instantMs, index) => instantMs - numberAt(timesMs, index - 1) > HOUR_MS);
}

interface StartContext {
  /** The deployment. */
  readonly about: string;
  readonly window: Period;
  readonly horizonMs: number;
  readonly backend: Backend;
}

/** Queries `process_start_time_seconds` of the scrape targets of these processes. */
export function askStarts(
  server: PrometheusServer,
  processes: readonly ServerProcess[],
  context: StartContext,
): Promise<QueryReply<Matrix>> {
  const selector = createStartSelector(targetLabels(processes));
  return querySamples(server, { ...context, kind: 'prometheus.start-times', selector });
}

function targetLabels(processes: readonly ServerProcess[]) {
  const jobs = valuesOf(processes, 'job');
  const instances = valuesOf(processes, 'instance');
  const jobEntry = jobs.size > 0 ? [['job', jobs] as const] : [];
  if (instances.size > INSTANCE_LIMIT && jobs.size > 0) return new Map(jobEntry);
  return new Map([...jobEntry, ['instance', instances] as const]);
}

function valuesOf(processes: readonly ServerProcess[], label: string): Set<string> {
  const targets = processes.flatMap(({ scrapedAs }) => scrapedAs);
  return new Set(targets.flatMap((labels) => labels[label] ?? []));
}

/** Creates the notes on an engine's usage: restarts, bad samples, copies and cache counts. */

import { instantText, type Period } from '../../domain/period.ts';
import type { EngineWarning } from '../../domain/pullWarning.ts';
import type { CountedProcess, CountedSeries } from './presence.ts';
import type { CountedFact } from './record.ts';
import type { ProcessShares } from './roles.ts';
import { numberAt } from './samples.ts';
import type { UsageReading, UsageSums } from './grid.ts';
import { findTwins } from './twins.ts';

/** What was read of a deployment. */
export interface ReadDeployment {
  readonly counted: readonly CountedProcess[];
  readonly sums: UsageSums;
  readonly reading: UsageReading;
}

/** The warnings for the window, one per code. `split` is the note on prefill and decode. */
export function createNotes(
  { counted, sums, reading }: ReadDeployment,
  split?: ProcessShares['note'],
): EngineWarning[] {
  const { deployment, window, engine } = reading;
  const processes = counted.map(({ series }) => series);
  const notes = [
    copyNote(counted),
    twinNote(counted),
    sharedNote(counted),
    restartNote(processes, window),
    refusedNote(counted, window),
    anchorNote(processes, window),
    cacheNote(sums),
    failedNote(processes),
    split === undefined ? undefined : { code: split },
    counted.length > 0 && engine.record.isExperimental === true
      ? ({ code: 'counters-experimental', engine: engine.record.title } as const)
      : undefined,
  ];
  return notes.flatMap((note) => (note === undefined ? [] : [{ ...note, deployment }]));
}

/** The note on failed requests of an engine that counts their prompts. */
function failedNote(processes: readonly (readonly CountedSeries[])[]) {
  const failed = processes
    .flat()
    .filter(({ fact }) => fact === 'failed')
    .reduce((sum, { counted }) => sum + counted.added.reduce((all, value) => all + value, 0), 0);
  if (failed === 0) return undefined;
  return { code: 'failed-requests-counted', requests: failed } as const;
}

function copyNote(counted: readonly CountedProcess[]) {
  const copied = counted.flatMap(({ process: { name, copies } }) =>
    copies === undefined ? [] : [copies === '' ? name : `${name} (${copies})`],
  );
  if (copied.length === 0) return undefined;
  const processes = copied.slice(0, SHOWN_NAMES);
  return { code: 'scraped-more-than-once', processes, processCount: copied.length } as const;
}

function twinNote(counted: readonly CountedProcess[]) {
  const twins = findTwins(counted.map(({ process }) => process));
  if (twins.length === 0) return undefined;
  const pairs = twins.slice(0, SHOWN_NAMES).map(([one, other]) => [one.name, other.name] as const);
  return { code: 'processes-look-alike', pairs, pairCount: twins.length } as const;
}

function sharedNote(counted: readonly CountedProcess[]) {
  const shared = new Map<string, number>();
  for (const { process } of counted) {
    if (process.sharedBy !== undefined) shared.set(process.name, process.sharedBy);
  }
  if (shared.size === 0) return undefined;
  const addresses = [...shared]
    .slice(0, SHOWN_NAMES)
    .map(([name, processes]) => ({ name, processes }) as const);
  return { code: 'address-shared', addresses, addressCount: shared.size } as const;
}

/** The note on refused samples of the window: where, when, and the value before the first one. */
function refusedNote(counted: readonly CountedProcess[], window: Period) {
  const refused = counted.flatMap(({ process, series }) =>
    series.flatMap(({ metric, counted: { refused: samples } }) =>
      samples
        .filter(({ atMs }) => contains(window, atMs))
        .map((sample) => ({ ...sample, process, metric: `${process.spelling}${metric}` })),
    ),
  );
  const [first] = refused.toSorted((a, b) => a.atMs - b.atMs);
  if (first === undefined) return undefined;
  return {
    code: 'samples-implausible',
    samples: refused.length,
    firstAt: instantText(first.atMs),
    metric: first.metric,
    process: first.process.name,
    from: first.previous,
    to: first.value,
  } as const;
}

/** The number of names in a warning. */
const SHOWN_NAMES = 3;

/**
 * The note on restarts. Usage between the last scrape and a crash is lost; the last rate limits it.
 */
function restartNote(processes: readonly (readonly CountedSeries[])[], window: Period) {
  const restarts = processes.flatMap((series) => [
    ...new Set(tokenSeries(series).flatMap((each) => restartsIn(each, window).map(timeOf))),
  ]);
  if (restarts.length === 0) return undefined;
  const lost = (fact: CountedFact) => lostAtMost(processes.flat(), fact, window);
  return {
    code: 'server-restarted',
    restarts: restarts.length,
    firstAt: instantText(restarts.reduce((a, b) => Math.min(a, b))),
    promptTokens: lost('prompt'),
    outputTokens: lost('output'),
    isInferred: processes
      .flatMap(tokenSeries)
      .flatMap((each) => restartsIn(each, window))
      .some((restart) => restart.presumed === true),
  } as const;
}

function lostAtMost(series: readonly CountedSeries[], fact: CountedFact, window: Period): number {
  return series
    .filter((each) => each.fact === fact)
    .flatMap((each) => restartsIn(each, window))
    .reduce((sum, { lostAtMost: lost }) => sum + (lost ?? 0), 0);
}

function restartsIn({ counted }: CountedSeries, window: Period) {
  return counted.restarts.filter(({ atMs }) => contains(window, atMs));
}

function timeOf({ atMs }: { readonly atMs: number }): number {
  return atMs;
}

function anchorNote(processes: readonly (readonly CountedSeries[])[], window: Period) {
  const anchored = processes
    .map((series) => tokenSeries(series).flatMap(({ counted }) => counted.anchor ?? []))
    .map((anchors) => anchors.filter(({ atMs }) => contains(window, atMs)))
    .filter((anchors) => anchors.length > 0);
  if (anchored.length === 0) return undefined;
  const anchors = anchored.flat();
  const tokens = anchors.reduce((sum, { value }) => sum + value, 0);
  const firstMs = anchors.map(timeOf).reduce((a, b) => Math.min(a, b));
  return {
    code: 'tokens-before-first-scrape',
    servers: anchored.length,
    firstAt: instantText(firstMs),
    tokens,
  } as const;
}

function cacheNote({ cached, prompt, cacheUnknown }: UsageSums) {
  let excess = 0;
  for (let index = 0; index < prompt.length; index += 1) {
    if (cacheUnknown[index] === 1) continue;
    excess += Math.max(0, numberAt(cached, index) - numberAt(prompt, index));
  }
  return excess === 0 ? undefined : ({ code: 'cache-hits-early', hits: excess } as const);
}

function tokenSeries(series: readonly CountedSeries[]): CountedSeries[] {
  return series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
}

function contains(window: Period, atMs: number): boolean {
  return atMs > window.startMs && atMs <= window.endMs;
}

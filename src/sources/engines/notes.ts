/** Creates the notes on an engine's usage: restarts, bad samples, copies and cache counts. */

import { instantText, type Period } from '../../domain/period.ts';
import type { CountedProcess, CountedSeries } from './presence.ts';
import type { CountedFact } from './record.ts';
import { at } from './samples.ts';
import type { Reading, Sums } from './sums.ts';
import { twinsOf } from './twins.ts';

/** What was read of a deployment. */
export interface Told {
  readonly counted: readonly CountedProcess[];
  readonly sums: Sums;
  readonly reading: Reading;
}

/**
 * The warnings for the window, at most one of each kind. `split` is the note on prefill and decode.
 */
export function notesOf({ counted, sums, reading }: Told, split?: string): string[] {
  const processes = counted.map(({ series }) => series);
  const notes = [
    copyNote(counted),
    twinNote(counted),
    sharedNote(counted),
    restartNote(processes, reading.window),
    refusedNote(counted, reading.window),
    anchorNote(processes, reading.window),
    cacheNote(sums),
    failedNote(processes),
    split,
    counted.length === 0 ? undefined : reading.engine.record.caution,
  ];
  return notes.filter((note) => note !== undefined).map((note) => `${reading.deployment}: ${note}`);
}

/** The note on failed requests of an engine that counts their prompts. */
function failedNote(processes: readonly (readonly CountedSeries[])[]) {
  const failed = processes
    .flat()
    .filter(({ fact }) => fact === 'failed')
    .reduce((sum, { counted }) => sum + counted.added.reduce((all, value) => all + value, 0), 0);
  if (failed === 0) return undefined;
  const requests = failed === 1 ? '1 request failed' : `${count(failed)} requests failed`;
  return `${requests}; prompt tokens of requests that failed late are included in the input`;
}

function copyNote(counted: readonly CountedProcess[]) {
  const copied = counted.flatMap(({ process: { name, copies } }) =>
    copies === undefined ? [] : [copies === '' ? name : `${name} (${copies})`],
  );
  if (copied.length === 0) return undefined;
  return `scraped more than once but counted once: ${someOf(copied)}`;
}

function twinNote(counted: readonly CountedProcess[]) {
  const twins = twinsOf(counted.map(({ process }) => process));
  if (twins.length === 0) return undefined;
  const pairs = twins.map(([one, other]) => `${one.name} and ${other.name}`);
  return (
    `${someOf(pairs)} look like one process at two addresses, because their counters rise ` +
    'together. If so, its tokens and time count twice; scrape it once, or narrow ' +
    'usage.match'
  );
}

function sharedNote(counted: readonly CountedProcess[]) {
  const shared = new Set(
    counted.flatMap(({ process: { name, sharedBy } }) =>
      sharedBy === undefined ? [] : [`${name} (${sharedBy} processes)`],
    ),
  );
  if (shared.size === 0) return undefined;
  return (
    `several processes respond in turn at ${someOf([...shared])}, so usage between their ` +
    'scrapes may be missing; scrape each process at its own address'
  );
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
  const many = refused.length === 1 ? '1 sample was' : `${count(refused.length)} samples were`;
  const from = `${first.metric} of ${first.process.name}`;
  const change = `${count(first.height)} to ${count(first.value)}`;
  return (
    `${many} implausible and not counted, the first at ${instantText(first.atMs)}: ${from} ` +
    `went from ${change} without a sign of a restart; the intervals around it are estimated`
  );
}

const SHOWN_NAMES = 3;

function someOf(names: readonly string[]): string {
  const rest = names.length - SHOWN_NAMES;
  return names.slice(0, SHOWN_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * The note on restarts. Usage between the last scrape and a crash is lost; the last rate limits it.
 */
function restartNote(processes: readonly (readonly CountedSeries[])[], window: Period) {
  const restarts = processes.flatMap((series) => [
    ...new Set(tokenSeries(series).flatMap((each) => restartsIn(each, window).map(timeOf))),
  ]);
  if (restarts.length === 0) return undefined;
  const lost = (fact: CountedFact) => count(lostAtMost(processes.flat(), fact, window));
  const firstMs = restarts.reduce((a, b) => Math.min(a, b));
  const times = restarts.length === 1 ? 'once' : `${restarts.length} times`;
  const presumed = processes
    .flatMap(tokenSeries)
    .flatMap((each) => restartsIn(each, window))
    .some((restart) => restart.presumed === true);
  const presumption = presumed
    ? '; there is no start time metric, so the restart is inferred from the counters'
    : '';
  return (
    `the server restarted ${times}, first seen at ${instantText(firstMs)}. At the last known ` +
    `rates, up to ${lost('prompt')} prompt and ${lost('output')} output tokens before a ` +
    `restart are missing from the counters${presumption}`
  );
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
  return (
    `${anchored.length === 1 ? 'a server' : `${anchored.length} servers`} first seen at ` +
    `${instantText(firstMs)} had already counted ${count(tokens)} tokens at an unknown ` +
    'time; they are not in the usage, and the interval is incomplete'
  );
}

function cacheNote({ cached, prompt, cacheUnknown }: Sums) {
  let excess = 0;
  for (let index = 0; index < prompt.length; index += 1) {
    if (cacheUnknown[index] === 1) continue;
    excess += Math.max(0, at(cached, index) - at(prompt, index));
  }
  if (excess === 0) return undefined;
  return (
    `${count(excess)} cache hits were counted one interval before their prompt; they count ` +
    'as uncached tokens, and the prompt total is exact'
  );
}

function tokenSeries(series: readonly CountedSeries[]): CountedSeries[] {
  return series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
}

function contains(window: Period, atMs: number): boolean {
  return atMs > window.startMs && atMs <= window.endMs;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

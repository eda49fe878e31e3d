/** Knows what a person should hear of a reading: restarts, partly seen series, odd caches. */

import { instantText, type Period } from '../../domain/period.ts';
import type { CountedFact } from './engine.ts';
import type { CountedSeries } from './presence.ts';
import { at } from './samples.ts';
import type { Reading, Sums } from './sums.ts';

/** Warnings for the window, at most one of a kind. */
export function notesOf(
  processes: readonly (readonly CountedSeries[])[],
  sums: Sums,
  reading: Reading,
): string[] {
  const notes = [
    restartNote(processes, reading.window),
    anchorNote(processes, reading.window),
    cacheNote(sums),
  ];
  return notes.filter((note) => note !== undefined).map((note) => `${reading.deployment}: ${note}`);
}

/**
 * What was served between the last scrape and a crash is lost for good; the last rate bounds it.
 */
function restartNote(processes: readonly (readonly CountedSeries[])[], window: Period) {
  const restarts = processes.flatMap((series) => [
    ...new Set(tokenSeries(series).flatMap((each) => restartsIn(each, window).map(atOf))),
  ]);
  if (restarts.length === 0) return undefined;
  const lost = (fact: CountedFact) => count(lostAtMost(processes.flat(), fact, window));
  const times = restarts.length === 1 ? 'once' : `${restarts.length} times`;
  return (
    `the server restarted ${times}, first seen at ${instantText(Math.min(...restarts))}; ` +
    `at the last known rates up to ${lost('prompt')} prompt and ${lost('output')} output tokens ` +
    'between a last scrape and a restart are not in the counters'
  );
}

function lostAtMost(series: readonly CountedSeries[], fact: CountedFact, window: Period): number {
  return series
    .filter((each) => each.fact === fact)
    .flatMap((each) => restartsIn(each, window))
    .reduce((sum, { lostAtMost: lost }) => sum + (lost ?? 0), 0);
}

function restartsIn({ counted }: CountedSeries, window: Period) {
  return counted.restarts.filter(({ atMs }) => owns(window, atMs));
}

function atOf({ atMs }: { readonly atMs: number }): number {
  return atMs;
}

function anchorNote(processes: readonly (readonly CountedSeries[])[], window: Period) {
  const anchored = processes
    .map((series) => tokenSeries(series).flatMap(({ counted }) => counted.anchor ?? []))
    .map((anchors) => anchors.filter(({ atMs }) => owns(window, atMs)))
    .filter((anchors) => anchors.length > 0);
  if (anchored.length === 0) return undefined;
  const anchors = anchored.flat();
  const tokens = anchors.reduce((sum, { value }) => sum + value, 0);
  const firstMs = Math.min(...anchors.map(atOf));
  return (
    `${anchored.length === 1 ? 'a server' : `${anchored.length} servers`} first seen at ` +
    `${instantText(firstMs)} had already counted ${count(tokens)} tokens, when nobody knows; ` +
    'they are not in the usage, and the interval is partly seen'
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
    `${count(excess)} cache hits were counted in an interval before their prompt; ` +
    'they stand under uncached, and the prompt total is exact'
  );
}

function tokenSeries(series: readonly CountedSeries[]): CountedSeries[] {
  return series.filter(({ fact }) => fact === 'prompt' || fact === 'output');
}

function owns(window: Period, atMs: number): boolean {
  return atMs > window.startMs && atMs <= window.endMs;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

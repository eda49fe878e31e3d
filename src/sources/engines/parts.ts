/** Parts of a deployment's usage by the hour: whose tokens they were. */

import { HOUR_MS } from '../../domain/period.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import { partIn } from './attribution.ts';
import type { Grid } from './grid.ts';
import { at } from './samples.ts';
import { addColumn, type Reading, type Sums } from './sums.ts';

type Column = 'prompt' | 'output' | 'cached' | 'requests';

/** By part, what was added in each interval; a column that no counter told is absent. */
export type PartSums = Map<string, Partial<Record<Column, Float64Array>>>;

export function addToPart(
  parts: PartSums,
  part: string,
  { column, added }: { readonly column: Column; readonly added: Float64Array },
): void {
  const sums = parts.get(part) ?? {};
  parts.set(part, sums);
  const into = sums[column] ?? new Float64Array(added.length);
  sums[column] = into;
  addColumn(into, added);
}

interface Whole {
  readonly sums: Sums;
  readonly rows: readonly UsageRow[];
  readonly grid: Grid;
}

interface PartOfHour {
  readonly part: string;
  readonly prompt: number;
  readonly output: number;
  cached: number | undefined;
  readonly requests: number | undefined;
}

/**
 * The parts of each whole hour of the window. In every hour and token class they sum to no more
 * than the rows tell. Where the rows lack the cached tokens of some of an hour, so do the parts.
 */
export function partsOf(parts: PartSums, whole: Whole, reading: Reading): UsagePart[] {
  if (parts.size === 0) return [];
  const { sourceId, deployment, window } = reading;
  const told: UsagePart[] = [];
  const firstMs = Math.ceil(window.startMs / HOUR_MS) * HOUR_MS;
  for (let startMs = firstMs; startMs + HOUR_MS <= window.endMs; startMs += HOUR_MS) {
    const period = { startMs, endMs: startMs + HOUR_MS };
    for (const { part, prompt, output, cached, requests } of partsIn(startMs, parts, whole)) {
      told.push({
        sourceId,
        deployment,
        period,
        ...partIn(part),
        uncachedPromptTokens: prompt - (cached ?? 0),
        ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
        outputTokens: output,
        ...(requests === undefined ? {} : { requests }),
      });
    }
  }
  return told;
}

function partsIn(startMs: number, parts: PartSums, { sums, rows, grid }: Whole): PartOfHour[] {
  const from = (startMs - grid.startMs) / grid.intervalMs;
  const to = from + HOUR_MS / grid.intervalMs;
  const sumOf = (column: Float64Array) => {
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += at(column, index);
    return Math.max(0, sum);
  };
  const holds = (flags: Uint8Array) => flags.subarray(from, to).includes(1);
  const [cacheUnknown, requestsUnknown] = [holds(sums.cacheUnknown), holds(sums.requestsUnknown)];
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const found = sorted.map(([part, { prompt, output, cached, requests }]): PartOfHour => {
    const all = prompt === undefined ? 0 : sumOf(prompt);
    const hits = cached === undefined || cacheUnknown ? undefined : Math.min(all, sumOf(cached));
    return {
      part,
      prompt: all,
      output: output === undefined ? 0 : sumOf(output),
      cached: hits,
      requests: requests === undefined || requestsUnknown ? undefined : sumOf(requests),
    };
  });
  const served = found.filter(({ prompt, output, requests = 0 }) => prompt + output + requests > 0);
  const ofHour = rows.filter(({ period }) => {
    return period.startMs >= startMs && period.startMs < startMs + HOUR_MS;
  });
  if (served.every(({ cached }) => cached !== undefined)) fit(served, ofHour);
  return served;
}

/**
 * Cache hits are told a scrape before their prompt now and then, and then stand under uncached in
 * the rows. The parts follow the rows: what they tell too much or too little moves between the two.
 */
function fit(parts: readonly PartOfHour[], rows: readonly UsageRow[]): void {
  const sum = (of: (row: UsageRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const cached = sum(({ cachedPromptTokens = 0 }) => cachedPromptTokens);
  const uncached = sum(({ uncachedPromptTokens }) => uncachedPromptTokens);
  const told = () => parts.reduce((total, each) => total + (each.cached ?? 0), 0);
  const prompt = parts.reduce((total, each) => total + each.prompt, 0);
  let excess = told() - cached;
  for (const each of parts) {
    if (excess <= 0) break;
    const moved = Math.min(excess, each.cached ?? 0);
    each.cached = (each.cached ?? 0) - moved;
    excess -= moved;
  }
  let lack = prompt - told() - uncached;
  for (const each of parts) {
    if (lack <= 0) break;
    const moved = Math.min(lack, each.prompt - (each.cached ?? 0));
    each.cached = (each.cached ?? 0) + moved;
    lack -= moved;
  }
}

/** Computes the parts of a deployment's usage by hour and attribution. */

import { HOUR_MS } from '../../domain/period.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import { decodePart } from './attribution.ts';
import type { Grid } from './grid.ts';
import { numberAt } from './samples.ts';
import { addColumn, type UsageReading, type UsageSums } from './sums.ts';

type Column = 'prompt' | 'output' | 'cached' | 'requests';

/** The amount added in each interval, by part. A column without a counter is absent. */
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

interface UsageTotals {
  readonly sums: UsageSums;
  readonly rows: readonly UsageRow[];
  readonly grid: Grid;
}

interface HourPart {
  readonly part: string;
  readonly prompt: number;
  readonly output: number;
  cached: number | undefined;
  readonly requests: number | undefined;
}

/**
 * The parts of each whole hour of the window. In every hour and token class, they sum to at most
 * the rows. If the rows of an hour lack some cached tokens, so do its parts.
 */
export function computeParts(
  parts: PartSums,
  whole: UsageTotals,
  reading: UsageReading,
): UsagePart[] {
  if (parts.size === 0) return [];
  const { sourceId, deployment, window } = reading;
  const facts: UsagePart[] = [];
  const firstMs = Math.ceil(window.startMs / HOUR_MS) * HOUR_MS;
  for (let startMs = firstMs; startMs + HOUR_MS <= window.endMs; startMs += HOUR_MS) {
    const period = { startMs, endMs: startMs + HOUR_MS };
    for (const { part, prompt, output, cached, requests } of hourParts(startMs, parts, whole)) {
      facts.push({
        sourceId,
        deployment,
        period,
        ...decodePart(part),
        uncachedPromptTokens: prompt - (cached ?? 0),
        ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
        outputTokens: output,
        ...(requests === undefined ? {} : { requests }),
      });
    }
  }
  return facts;
}

function hourParts(
  startMs: number,
  parts: PartSums,
  { sums, rows, grid }: UsageTotals,
): HourPart[] {
  const from = (startMs - grid.startMs) / grid.intervalMs;
  const to = from + HOUR_MS / grid.intervalMs;
  const sumOf = (column: Float64Array) => {
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += numberAt(column, index);
    return Math.max(0, sum);
  };
  const hasFlag = (flags: Uint8Array) => flags.subarray(from, to).includes(1);
  const [cacheUnknown, requestsUnknown] = [
    hasFlag(sums.cacheUnknown),
    hasFlag(sums.requestsUnknown),
  ];
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const hourly = sorted.map(([part, { prompt, output, cached, requests }]): HourPart => {
    const total = prompt === undefined ? 0 : sumOf(prompt);
    const hits = cached === undefined || cacheUnknown ? undefined : Math.min(total, sumOf(cached));
    return {
      part,
      prompt: total,
      output: output === undefined ? 0 : sumOf(output),
      cached: hits,
      requests: requests === undefined || requestsUnknown ? undefined : sumOf(requests),
    };
  });
  const served = hourly.filter(
    ({ prompt, output, requests = 0 }) => prompt + output + requests > 0,
  );
  const hourRows = rows.filter(({ period }) => {
    return period.startMs >= startMs && period.startMs < startMs + HOUR_MS;
  });
  if (served.every(({ cached }) => cached !== undefined)) fitToRows(served, hourRows);
  return served;
}

/**
 * Adjusts cached tokens of parts to the rows. Cache hits are sometimes reported a scrape before
 * their prompt and then count as uncached in the rows. The difference moves between cached and
 * uncached.
 */
function fitToRows(parts: readonly HourPart[], rows: readonly UsageRow[]): void {
  const sum = (valueOf: (row: UsageRow) => number) =>
    rows.reduce((total, row) => total + valueOf(row), 0);
  const cached = sum(({ cachedPromptTokens = 0 }) => cachedPromptTokens);
  const uncached = sum(({ uncachedPromptTokens }) => uncachedPromptTokens);
  const cachedSum = () => parts.reduce((total, each) => total + (each.cached ?? 0), 0);
  const prompt = parts.reduce((total, each) => total + each.prompt, 0);
  let excess = cachedSum() - cached;
  for (const each of parts) {
    if (excess <= 0) break;
    const moved = Math.min(excess, each.cached ?? 0);
    each.cached = (each.cached ?? 0) - moved;
    excess -= moved;
  }
  let lack = prompt - cachedSum() - uncached;
  for (const each of parts) {
    if (lack <= 0) break;
    const moved = Math.min(lack, each.prompt - (each.cached ?? 0));
    each.cached = (each.cached ?? 0) + moved;
    lack -= moved;
  }
}

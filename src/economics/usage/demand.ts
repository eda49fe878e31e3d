/**
 * Separates usage by demand: removes benchmark and keep-warm tokens, and marks tokens that may
 * wait.
 */

import { firstWhere } from '../../domain/search.ts';
import { emptySeries, rowsWhere, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { DEMANDS, type UsagePart } from '../../domain/usageFacts.ts';
import { mergeUsage } from './mergeUsage.ts';
import {
  type DemandColumns,
  emptyColumns,
  type RemovedDemand,
  removeDemand,
} from './takeDemand.ts';

/** The weighed rows of a deployment, by demand. */
export interface DemandRows {
  readonly startMs: Float64Array;
  /** Tokens of each row, before anything was removed. */
  readonly whole: Float64Array;
  readonly tokens: DemandColumns;
}

/** Usage of a deployment by source, separated by demand. */
export interface SeparatedDemand {
  readonly bySource: ReadonlyMap<string, UsageSeries>;
  readonly misfits: number;
  /** Demand of the rows that are finally weighed, each by the source it came from. */
  forRows(usage: UsageSeries): { readonly rows: DemandRows; readonly batchUsage?: UsageSeries };
}

/** Usage separated by demand; `undefined` if no part states a demand, and then nothing changes. */
export function separateDemand(
  bySource: ReadonlyMap<string, UsageSeries>,
  parts: readonly UsagePart[],
  preferred: string | undefined,
): SeparatedDemand | undefined {
  const statesDemand = ({ demand, sourceId }: UsagePart) =>
    demand !== undefined && bySource.has(sourceId);
  if (!parts.some(statesDemand)) return undefined;
  const ids = [...bySource.keys()].sort(
    (a, b) => Number(b === preferred) - Number(a === preferred) || (a < b ? -1 : 1),
  );
  const taken = ids.map((id) => {
    const series = bySource.get(id) ?? emptySeries(0);
    const own = parts.filter(({ sourceId }) => sourceId === id);
    return { id, whole: series, ...removeDemand(series, own) };
  });
  return {
    bySource: new Map(taken.map(({ id, series }) => [id, series])),
    misfits: taken.reduce((sum, { misfits }) => sum + misfits, 0),
    forRows: (usage) => rowsOver(usage, taken),
  };
}

function rowsOver(usage: UsageSeries, taken: readonly (RemovedDemand & { whole: UsageSeries })[]) {
  const tokens = emptyColumns(usage.length);
  const whole = new Float64Array(usage.length);
  const batches = new Set<UsageSeries>();
  const batchStarts = new Set<number>();
  for (let row = 0; row < usage.length; row += 1) {
    const startMs = usage.startMs[row] ?? 0;
    const isSame = (series: UsageSeries, at: number) =>
      series.startMs[at] === startMs && series.endMs[at] === usage.endMs[row];
    const at = taken.map(({ series }) => firstWhere(series.startMs, (value) => value >= startMs));
    const index = taken.findIndex(({ series }, source) => isSame(series, at[source] ?? 0));
    const from = taken[index];
    if (from === undefined) continue;
    const place = at[index] ?? 0;
    whole[row] = tokensAt(from.whole, place);
    for (const demand of DEMANDS) tokens[demand][row] = from.tokens[demand][place] ?? 0;
    if (from.batch === undefined || !(tokens.batch[row] ?? 0)) continue;
    batches.add(from.batch);
    batchStarts.add(startMs);
  }
  const rows: DemandRows = { startMs: Float64Array.from(usage.startMs), whole, tokens };
  const [first, ...others] = [...batches].map((batch) =>
    rowsWhere(batch, (row) => batchStarts.has(batch.startMs[row] ?? Number.NaN)),
  );
  if (first === undefined) return { rows };
  const all = new Map([first, ...others].map((series, at) => [String(at), series]));
  return { rows, batchUsage: mergeUsage(all, '0').series };
}

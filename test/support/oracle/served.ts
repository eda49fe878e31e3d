/** What a deployment served, computed naively: rows as they are, and their parts by UTC day. */

import { DAY_MS, type Period } from '../../../src/domain/period.ts';
import type { UsageColumn, UsageSeries } from '../../../src/domain/usage.ts';
import { Fraction, share } from './fraction.ts';

export interface OracleRow {
  readonly startMs: number;
  readonly endMs: number;
  readonly prompt: bigint;
  readonly cached?: bigint;
  readonly output: bigint;
  readonly requests?: bigint;
  readonly busyMs?: bigint;
  readonly replicaMs?: bigint;
}

export function toRows(series: UsageSeries): OracleRow[] {
  return Array.from({ length: series.length }, (_, index) => {
    const at = (column: UsageColumn) => column[index] ?? Number.NaN;
    const known = (column: UsageColumn) =>
      Number.isNaN(at(column)) ? undefined : BigInt(at(column));
    const [cached, requests] = [known(series.cachedPromptTokens), known(series.requests)];
    const [busyMs, replicaMs] = [known(series.busyMs), known(series.replicaMs)];
    return {
      startMs: at(series.startMs),
      endMs: at(series.endMs),
      prompt: BigInt(at(series.uncachedPromptTokens)) + (cached ?? 0n),
      output: BigInt(at(series.outputTokens)),
      ...(cached === undefined ? {} : { cached }),
      ...(requests === undefined ? {} : { requests }),
      ...(busyMs === undefined ? {} : { busyMs }),
      ...(replicaMs === undefined ? {} : { replicaMs }),
    };
  });
}

export function tokensOf(row: OracleRow): bigint {
  return row.prompt + row.output;
}

/** Length in seconds. */
export function secondsOf({ startMs, endMs }: Period): Fraction {
  return new Fraction(BigInt(endMs - startMs), 1000n);
}

/** The window's UTC days, limited to it. */
export function daysOf(window: Period): Period[] {
  return splitAt(window, []);
}

/** A period split at every midnight and at every given instant inside it. */
export function splitAt(span: Period, instants: readonly number[]): Period[] {
  const midnights: number[] = [];
  for (let at = Math.ceil(span.startMs / DAY_MS) * DAY_MS; at < span.endMs; at += DAY_MS) {
    midnights.push(at);
  }
  const inside = [...midnights, ...instants].filter((at) => at > span.startMs && at < span.endMs);
  const edges = [...new Set([span.startMs, ...inside, span.endMs])].sort((a, b) => a - b);
  return edges.slice(1).map((endMs, index) => ({ startMs: edges[index] ?? endMs, endMs }));
}

/** The part of a row's total in a day, by time and in whole units. Parts sum to the total. */
export function partIn(day: Period, row: OracleRow, whole: bigint | undefined): bigint | undefined {
  if (whole === undefined) return undefined;
  const pieces = splitAt(row, [day.startMs, day.endMs]);
  const parts = share(whole, pieces.map(secondsOf));
  return pieces.reduce((sum, piece, index) => {
    return isInside(piece, day) ? sum + (parts[index] ?? 0n) : sum;
  }, 0n);
}

export function isInside(piece: Period, outer: Period): boolean {
  return piece.startMs >= outer.startMs && piece.endMs <= outer.endMs;
}

export function overlaps(a: Period, b: Period): boolean {
  return a.startMs < b.endMs && b.startMs < a.endMs;
}

/** The sum, or `undefined` if one part is unknown. */
export function sumKnown(values: readonly (bigint | undefined)[]): bigint | undefined {
  let total = 0n;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

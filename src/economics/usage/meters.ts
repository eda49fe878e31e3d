/**
 * How far two meters of the same requests agree, and which requests a hosted API answered again:
 * shown beside the figures, and in none of them.
 */

import { compare, decimal, divide, type Exact, exact, negate } from '../../domain/exact.ts';
import type { MeterReason } from '../../domain/mappingFact.ts';
import { DAY_MS } from '../../domain/period.ts';
import type { UsageSeries } from '../../domain/usage.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';

/** What one meter told of one stretch of time; absent is not told. */
interface Reading {
  readonly startMs: number;
  readonly endMs: number;
  readonly tokens: number;
  readonly prompt?: number;
  readonly output?: number;
  readonly requests?: number;
  readonly failed?: number;
}

export interface Metered {
  readonly tokens: number;
  /** Absent where a meter tells only the total. */
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly requests?: number;
}

export interface MeterDay {
  readonly dayMs: number;
  readonly usageTokens: number;
  readonly gatewayTokens: number;
}

export interface MetersCompared {
  readonly sourceId: string;
  /** The time that both tell. */
  readonly comparedMs: number;
  readonly usage: Metered;
  readonly gateway: Metered;
  /** (gateway − usage) ÷ usage, by tokens; absent where usage has none. */
  readonly difference?: Exact;
  /** Set where that is more than 2%. */
  readonly reason?: MeterReason;
  readonly days: readonly MeterDay[];
}

/** Two clocks, and requests that straddle a boundary: so far two good meters may differ. */
const AGREED = decimal('0.02');

/**
 * Compares over the time that both meters tell without a gap: the longest run of rows of one that
 * begins and ends where a run of rows of the other does. *Twelve rows of five minutes and one of an
 * hour are one hour; an hour of which one row is missing is left out.*
 */
export function compareMeters(
  usage: UsageSeries,
  gateway: { readonly sourceId: string; readonly series: UsageSeries | undefined },
  counts: readonly RequestCount[],
): MetersCompared | undefined {
  const { sourceId } = gateway;
  const own = counts.filter((count) => count.sourceId === sourceId);
  const theirs = readingsOf(gateway.series, own);
  const stretches = commonStretches(readingsIn(usage), theirs);
  if (stretches.length === 0) return undefined;
  const [ours, others] = [0, 1].map((side) => stretches.flatMap((pair) => pair[side] ?? []));
  if (ours === undefined || others === undefined) return undefined;
  const told = { usage: summed(ours), gateway: summed(others) };
  const difference = differenceOf(told.usage.tokens, told.gateway.tokens);
  const isOff = difference !== undefined && compare(absolute(difference), AGREED) > 0;
  const failed = sum(own, ({ failed: one = 0 }) => one);
  return {
    sourceId,
    comparedMs: sum(ours, ({ startMs, endMs }) => endMs - startMs),
    ...told,
    ...(difference === undefined ? {} : { difference }),
    ...(isOff ? { reason: reasonOf(told.usage, told.gateway, failed) } : {}),
    days: daysOf(ours, others),
  };
}

function readingsIn(series: UsageSeries): Reading[] {
  return Array.from({ length: series.length }, (_, row): Reading => {
    const cached = series.cachedPromptTokens[row] ?? Number.NaN;
    const prompt = (series.uncachedPromptTokens[row] ?? 0) + (Number.isNaN(cached) ? 0 : cached);
    const output = series.outputTokens[row] ?? 0;
    const requests = series.requests[row] ?? Number.NaN;
    return {
      startMs: series.startMs[row] ?? 0,
      endMs: series.endMs[row] ?? 0,
      tokens: prompt + output,
      prompt,
      output,
      ...(Number.isNaN(requests) ? {} : { requests }),
    };
  });
}

/** Rows of usage, or where a gateway tells only totals, those. */
function readingsOf(series: UsageSeries | undefined, counts: readonly RequestCount[]): Reading[] {
  if (series !== undefined && series.length > 0) return readingsIn(series);
  return counts
    .flatMap(({ period, tokens, answered: requests }) =>
      tokens === undefined ? [] : [{ ...period, tokens, requests }],
    )
    .toSorted((a, b) => a.startMs - b.startMs);
}

type Pair = readonly [readonly Reading[], readonly Reading[]];

/** Both in time order and free of overlap. */
function commonStretches(a: readonly Reading[], b: readonly Reading[]): Pair[] {
  const stretches: Pair[] = [];
  let [atA, atB] = [0, 0];
  while (atA < a.length && atB < b.length) {
    const [startA = 0, startB = 0] = [a[atA]?.startMs, b[atB]?.startMs];
    if (startA !== startB) {
      if (startA < startB) atA += 1;
      else atB += 1;
      continue;
    }
    const ends = commonEnd(a, b, [atA, atB]);
    if (ends === undefined) {
      atA += 1;
      atB += 1;
      continue;
    }
    stretches.push([a.slice(atA, ends[0]), b.slice(atB, ends[1])]);
    [atA, atB] = ends;
  }
  return stretches;
}

/** Behind the rows with which both runs end together; `undefined` where one has a gap before. */
function commonEnd(
  a: readonly Reading[],
  b: readonly Reading[],
  [fromA, fromB]: readonly [number, number],
): readonly [number, number] | undefined {
  let [toA, toB] = [fromA + 1, fromB + 1];
  for (;;) {
    const [endA, endB] = [a[toA - 1]?.endMs ?? 0, b[toB - 1]?.endMs ?? 0];
    if (endA === endB) return [toA, toB];
    const [next, end] = endA < endB ? [a[toA], endA] : [b[toB], endB];
    if (next?.startMs !== end) return undefined;
    if (endA < endB) toA += 1;
    else toB += 1;
  }
}

function summed(readings: readonly Reading[]): Metered {
  const whole = (of: (one: Reading) => number | undefined) => {
    const told = readings.map(of).filter((value) => value !== undefined);
    return told.length === readings.length ? sum(told, (value) => value) : undefined;
  };
  const parts = {
    promptTokens: whole(({ prompt }) => prompt),
    outputTokens: whole(({ output }) => output),
    requests: whole(({ requests }) => requests),
  };
  const known = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { tokens: sum(readings, ({ tokens }) => tokens), ...Object.fromEntries(known) };
}

function daysOf(ours: readonly Reading[], theirs: readonly Reading[]): MeterDay[] {
  const days = new Map<number, { usageTokens: number; gatewayTokens: number }>();
  const add = (name: 'usageTokens' | 'gatewayTokens') => (reading: Reading) => {
    const dayMs = Math.floor(reading.startMs / DAY_MS) * DAY_MS;
    const day = days.get(dayMs) ?? { usageTokens: 0, gatewayTokens: 0 };
    day[name] += reading.tokens;
    days.set(dayMs, day);
  };
  ours.forEach(add('usageTokens'));
  theirs.forEach(add('gatewayTokens'));
  return [...days].sort(([a], [b]) => a - b).map(([dayMs, day]) => ({ dayMs, ...day }));
}

function differenceOf(usage: number, gateway: number): Exact | undefined {
  if (usage === 0) return undefined;
  return divide(exact(BigInt(gateway - usage)), exact(BigInt(usage)));
}

function absolute(value: Exact): Exact {
  return value.num < 0n ? negate(value) : value;
}

/** Is it so much more, or less, that chance does not explain it? */
function isOff(usage: number | undefined, gateway: number | undefined): -1 | 0 | 1 {
  if (usage === undefined || gateway === undefined || usage === 0) return 0;
  const difference = divide(exact(BigInt(gateway - usage)), exact(BigInt(usage)));
  if (compare(absolute(difference), AGREED) <= 0) return 0;
  return difference.num < 0n ? -1 : 1;
}

/** By which of requests, prompt and output differ, and in which direction. */
function reasonOf(usage: Metered, gateway: Metered, failed: number): MeterReason {
  const requests = isOff(usage.requests, gateway.requests);
  const prompt = isOff(usage.promptTokens, gateway.promptTokens);
  const output = isOff(usage.outputTokens, gateway.outputTokens);
  if (requests < 0) return 'not-through-gateway';
  if (requests > 0) return 'gateway-cache';
  if (prompt < 0 && output < 0) return 'streams-without-usage';
  const extra = (usage.requests ?? 0) - (gateway.requests ?? 0);
  if (prompt < 0 && output === 0 && failed > 0 && extra >= 0) return 'failed-requests';
  return prompt !== 0 && output === 0 ? 'prompt-counting' : 'not-told';
}

export interface Escalation {
  /** Requests that reached the deployment, failed ones too, of which it is known. */
  readonly requests: number;
  /** How many of them a hosted API answered again. */
  readonly escalated: number;
}

/** `undefined` where no source tells sessions or traces. */
export function escalationOf(counts: readonly RequestCount[]): Escalation | undefined {
  const bySource = Map.groupBy(counts, ({ sourceId }) => sourceId);
  // Two sources may tell the same requests: the one that tells most is taken.
  const all = [...bySource.values()].map((own) => {
    const told = own.filter(({ escalated }) => escalated !== undefined);
    return {
      requests: sum(told, ({ answered, failed = 0 }) => answered + failed),
      escalated: sum(told, ({ escalated = 0 }) => escalated),
    };
  });
  const most = all.toSorted((a, b) => b.requests - a.requests)[0];
  return most === undefined || most.requests === 0 ? undefined : most;
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

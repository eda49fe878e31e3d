/**
 * Compares two meters of the same requests, and counts requests that a hosted API answered again.
 *
 * Reported beside the figures, and used in none.
 */

import { compare, decimal, divide, type Exact, exact, negate } from '../../domain/exact.ts';
import type { MeterReason } from '../../domain/mappingFact.ts';
import { dayStartMs } from '../../domain/period.ts';
import type { UsageSeries } from '../../domain/usage.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';

/** One meter's values for one interval; absent is unknown. */
interface Reading {
  readonly startMs: number;
  readonly endMs: number;
  readonly tokens: number;
  readonly prompt?: number;
  readonly output?: number;
  readonly requests?: number;
  readonly failed?: number;
}

export interface MeterTotals {
  readonly tokens: number;
  /** Absent if a meter states only the total. */
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
  /** Time that both meters cover. */
  readonly comparedMs: number;
  readonly usage: MeterTotals;
  readonly gateway: MeterTotals;
  /** (gateway − usage) ÷ usage, by tokens; absent without usage. */
  readonly difference?: Exact;
  /** Set if the difference is above 2%. */
  readonly reason?: MeterReason;
  readonly days: readonly MeterDay[];
}

/** Tolerance for two clocks, and for requests across a boundary. */
const AGREED = decimal('0.02');

/**
 * Compares the time that both meters cover without a gap: runs of rows of one that start and end
 * with a run of rows of the other. *Twelve rows of five minutes and one of an hour are one hour; an
 * hour with a missing row is left out.*
 */
export function compareMeters(
  usage: UsageSeries,
  gateway: { readonly sourceId: string; readonly series: UsageSeries | undefined },
  counts: readonly RequestCount[],
): MetersCompared | undefined {
  const { sourceId } = gateway;
  const own = counts.filter((count) => count.sourceId === sourceId);
  const gatewayReadings = readingsOf(gateway.series, own);
  const stretches = commonStretches(readingsIn(usage), gatewayReadings);
  if (stretches.length === 0) return undefined;
  const [ours, others] = [0, 1].map((side) => stretches.flatMap((pair) => pair[side] ?? []));
  if (ours === undefined || others === undefined) return undefined;
  const totals = { usage: sumReadings(ours), gateway: sumReadings(others) };
  const difference = relativeDifference(totals.usage.tokens, totals.gateway.tokens);
  const isOff = difference !== undefined && compare(absolute(difference), AGREED) > 0;
  const failed = sum(own, ({ failed: one = 0 }) => one);
  return {
    sourceId,
    comparedMs: sum(ours, ({ startMs, endMs }) => endMs - startMs),
    ...totals,
    ...(difference === undefined ? {} : { difference }),
    ...(isOff ? { reason: findReason(totals.usage, totals.gateway, failed) } : {}),
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

/** Usage rows, or totals if the gateway has no others. */
function readingsOf(series: UsageSeries | undefined, counts: readonly RequestCount[]): Reading[] {
  if (series !== undefined && series.length > 0) return readingsIn(series);
  return counts
    .flatMap(({ period, tokens, answered: requests }) =>
      tokens === undefined ? [] : [{ ...period, tokens, requests }],
    )
    .toSorted((a, b) => a.startMs - b.startMs);
}

type Pair = readonly [readonly Reading[], readonly Reading[]];

/** Both lists are in time order without overlap. */
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

/**
 * The indexes after the rows with which both runs end together; `undefined` if there is a gap
 * before.
 */
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

function sumReadings(readings: readonly Reading[]): MeterTotals {
  const whole = (of: (one: Reading) => number | undefined) => {
    const values = readings.map(of).filter((value) => value !== undefined);
    return values.length === readings.length ? sum(values, (value) => value) : undefined;
  };
  const parts = {
    promptTokens: whole(({ prompt }) => prompt),
    outputTokens: whole(({ output }) => output),
    requests: whole(({ requests }) => requests),
  };
  const known = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { tokens: sum(readings, ({ tokens }) => tokens), ...Object.fromEntries(known) };
}

function daysOf(ours: readonly Reading[], gatewayReadings: readonly Reading[]): MeterDay[] {
  const days = new Map<number, { usageTokens: number; gatewayTokens: number }>();
  const add = (name: 'usageTokens' | 'gatewayTokens') => (reading: Reading) => {
    const dayMs = dayStartMs(reading.startMs);
    const day = days.get(dayMs) ?? { usageTokens: 0, gatewayTokens: 0 };
    day[name] += reading.tokens;
    days.set(dayMs, day);
  };
  ours.forEach(add('usageTokens'));
  gatewayReadings.forEach(add('gatewayTokens'));
  return [...days].sort(([a], [b]) => a - b).map(([dayMs, day]) => ({ dayMs, ...day }));
}

function relativeDifference(usage: number, gateway: number): Exact | undefined {
  if (usage === 0) return undefined;
  return divide(exact(BigInt(gateway - usage)), exact(BigInt(usage)));
}

function absolute(value: Exact): Exact {
  return value.num < 0n ? negate(value) : value;
}

/** Whether the difference exceeds the tolerance, and its sign. */
function differenceSign(usage: number | undefined, gateway: number | undefined): -1 | 0 | 1 {
  if (usage === undefined || gateway === undefined || usage === 0) return 0;
  const difference = divide(exact(BigInt(gateway - usage)), exact(BigInt(usage)));
  if (compare(absolute(difference), AGREED) <= 0) return 0;
  return difference.num < 0n ? -1 : 1;
}

/** The reason by which of requests, prompt and output differ, and in which direction. */
function findReason(usage: MeterTotals, gateway: MeterTotals, failed: number): MeterReason {
  const requests = differenceSign(usage.requests, gateway.requests);
  const prompt = differenceSign(usage.promptTokens, gateway.promptTokens);
  const output = differenceSign(usage.outputTokens, gateway.outputTokens);
  if (requests < 0) return 'not-through-gateway';
  if (requests > 0) return 'gateway-cache';
  if (prompt < 0 && output < 0) return 'streams-without-usage';
  const extra = (usage.requests ?? 0) - (gateway.requests ?? 0);
  if (prompt < 0 && output === 0 && failed > 0 && extra >= 0) return 'failed-requests';
  return prompt !== 0 && output === 0 ? 'prompt-counting' : 'not-told';
}

export interface Escalation {
  /** Requests to the deployment, including failed ones, with known outcome. */
  readonly requests: number;
  /** How many of them a hosted API answered again. */
  readonly escalated: number;
}

/** Escalation figures; `undefined` if no source has sessions or traces. */
export function computeEscalation(counts: readonly RequestCount[]): Escalation | undefined {
  const bySource = Map.groupBy(counts, ({ sourceId }) => sourceId);
  // Two sources may count the same requests: the one with the most is used.
  const all = [...bySource.values()].map((own) => {
    const counted = own.filter(({ escalated }) => escalated !== undefined);
    return {
      requests: sum(counted, ({ answered, failed = 0 }) => answered + failed),
      escalated: sum(counted, ({ escalated = 0 }) => escalated),
    };
  });
  const most = all.toSorted((a, b) => b.requests - a.requests)[0];
  return most === undefined || most.requests === 0 ? undefined : most;
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

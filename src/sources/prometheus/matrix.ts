/** A matrix on the wire: series of raw samples, read one by one, the bad ones set aside. */

import { z } from 'zod';
import { grouped } from '../../domain/counted.ts';
import { Failure } from '../../domain/failure.ts';
import { instantText, MINUTE_MS, type Period } from '../../domain/period.ts';
import type { Body } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import { openList } from '../../platform/jsonList.ts';
import { listOf } from '../../platform/readFields.ts';
import { excerptOf, nameOf, readWire } from '../../platform/wire.ts';
import { answerFields, openEnvelope } from './answer.ts';
import type { Read, Reading } from './asking.ts';
import { type PlainSeries, PlainSeriesReader } from './plainSeries.ts';
import { countsWhole, type Engine } from '../engines/engine.ts';
import { at, type Labels, type Samples, type Series, samplesOf } from '../engines/samples.ts';

export interface Matrix {
  readonly series: readonly Series[];
  readonly rejects: readonly Reject[];
  /** Bad samples, also those beyond the rejects that are kept. */
  readonly rejected: number;
}

const frame = z.object({
  resultType: z.literal('matrix', {
    error: (issue) => `found resultType ${JSON.stringify(issue.input)}, expected "matrix"`,
  }),
  result: z.array(z.never()),
});

const item = z.object({
  metric: z.record(z.string(), z.string()),
  values: listOf(z.array(z.union([z.number(), z.string()]))).default([]),
});

const MATRIX_FIELDS = answerFields(frame.extend({ result: z.array(item) }));

/** Which samples of an answer are taken: of what time, and of which engine's counters. */
export interface Wanted {
  readonly span: Period;
  /** Its counters count whole things; absent where no counters are asked for. */
  readonly engine?: Engine;
}

/** What of an answer with a matrix is read, and how. */
export function matrixReading(wanted: Wanted): Reading<Matrix> {
  return { fields: MATRIX_FIELDS, read: (kept, where) => readMatrix(kept, where, wanted) };
}

/** Rejects that are kept of one answer: a series that has gone wrong has thousands, all alike. */
const REJECT_LIMIT = 100;

/** A week of scrapes each second is 18 MB; a longer series is asked for in halves. */
const LONGEST_SERIES = 32 * 1024 * 1024;

/** 1,500 replicas with all their counters; more is no deployment, and would take hours to sort. */
const MOST_SERIES = 20_000;

/** Servers round the edges of a range, and some of them answer for a moment ago. */
const EDGE_MS = 5 * MINUTE_MS;

/**
 * The series of a range-selector query, one at a time: `[[1795136107.317,"1684040"],…]` becomes
 * milliseconds and doubles. A sample of another time than `span` is rejected before it is held.
 * @throws {Failure} `malformed` for anything but a matrix, and where no sample is of that time.
 */
export function readMatrix(body: Body, where: string, wanted: Wanted): Read<Matrix> {
  const wish = { path: ['data', 'result'], where, parse: parsePlain };
  const list = openList(body, { ...wish, longestItem: LONGEST_SERIES });
  const { data, warnings } = openEnvelope(list.frame, where);
  readWire(frame, data, where);
  if (list.count > MOST_SERIES) throw tooManySeries(list.count, where);
  const sorting = new Sorting(wanted);
  const reader = new PlainSeriesReader();
  const series: Series[] = [];
  for (const bytes of list.texts()) {
    const plain = reader.read(bytes, where);
    const rest = plain === undefined ? undefined : readWire(item, plain.rest, where);
    const isWhole = rest?.values.length === 0;
    const samples = plain !== undefined && isWhole ? sorting.take(plain, rest.metric) : undefined;
    if (rest !== undefined && samples !== undefined) {
      series.push({ labels: rest.metric, samples });
      continue;
    }
    const { metric, values } = readWire(item, parsePlain(bytes, where), where);
    series.push({ labels: metric, samples: sorting.read(values, metric) });
  }
  sorting.requireThisTime(where);
  const { rejects, rejected } = sorting;
  return { value: { series, rejects, rejected }, warnings };
}

function tooManySeries(found: number, where: string): Failure {
  const [told, most] = [found, MOST_SERIES].map(grouped);
  return new Failure('too-large', `${where} returned ${told} series, expected at most ${most}`, {
    where,
    hint: "narrow the deployment's usage.match, e.g. by job",
  });
}

/** Sorts samples into those that count and those that are set aside. */
class Sorting {
  readonly rejects: Reject[] = [];
  rejected = 0;
  readonly #wanted: Wanted;
  #position = 0;
  #taken = 0;
  /** What is wrong with the first sample of another time. */
  #stray: string | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** The samples of a series of which none is to be rejected; `undefined` where one is. */
  take({ timesMs, values }: PlainSeries, metric: Labels): Samples | undefined {
    const { span } = this.#wanted;
    const whole = this.#countsWhole(metric);
    let count = 0;
    // What is taken moves up over the few samples beyond an edge.
    for (let index = 0; index < timesMs.length; index += 1) {
      const [atMs, value] = [at(timesMs, index), at(values, index)];
      const place = placeIn(span, atMs);
      if (place === 'elsewhere' || !fits(value, whole)) return undefined;
      if (place === 'edge') continue;
      timesMs[count] = atMs;
      values[count] = value;
      count += 1;
    }
    this.#position += 1;
    this.#taken += count;
    return samplesOf(timesMs.subarray(0, count), values.subarray(0, count));
  }

  #countsWhole(metric: Labels): boolean {
    const { engine } = this.#wanted;
    return engine !== undefined && countsWhole(engine, metric['__name__'] ?? '');
  }

  read(values: readonly unknown[], metric: Labels): Samples {
    const { span } = this.#wanted;
    const whole = this.#countsWhole(metric);
    const timesMs: number[] = [];
    const numbers: number[] = [];
    let isTold = false;
    for (const pair of values) {
      const [seconds, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
      const value = numberOf(text, whole);
      const isStale = isTold && text === STALE;
      isTold = value !== undefined;
      if (isStale) continue;
      if (value === undefined || typeof seconds !== 'number') {
        this.#reject(metric, pair, numberFault(pair));
        continue;
      }
      const atMs = Math.round(seconds * 1000);
      const place = placeIn(span, atMs);
      if (place === 'inside') {
        timesMs.push(atMs);
        numbers.push(value);
      } else if (place === 'elsewhere') {
        const fault = timeFault(atMs, span);
        this.#stray ??= fault;
        this.#reject(metric, pair, fault);
      }
    }
    this.#position += 1;
    this.#taken += timesMs.length;
    return samplesOf(timesMs, numbers);
  }

  /** An answer for another time altogether is none, and not a time without usage. */
  requireThisTime(where: string): void {
    if (this.#stray === undefined || this.#taken > 0) return;
    throw new Failure('malformed', `${where} answered for another period: ${this.#stray}`, {
      where,
      hint: "check the server's clock, and any cache or proxy in front of it",
    });
  }

  #reject(metric: Labels, sample: unknown, fault: string): void {
    this.rejected += 1;
    if (this.rejects.length >= REJECT_LIMIT) return;
    const name = shortText(metric['__name__'] ?? 'a series without a name', 80);
    this.rejects.push({
      position: this.#position,
      reason: `${name} has ${fault}; the sample was ignored`,
      excerpt: excerptOf({ metric, sample }),
    });
  }
}

/** Just beyond the edge is another chunk's: no fault, and not ours. */
function placeIn({ startMs, endMs }: Period, atMs: number): 'inside' | 'edge' | 'elsewhere' {
  if (atMs >= startMs && atMs <= endMs) return 'inside';
  return atMs >= startMs - EDGE_MS && atMs <= endMs + EDGE_MS ? 'edge' : 'elsewhere';
}

function timeFault(atMs: number, { startMs, endMs }: Period): string {
  const asked = `${instantText(startMs)} to ${instantText(endMs)}`;
  const found = Math.abs(atMs) <= LAST_DATE_MS ? instantText(atMs) : 'a time beyond the calendar';
  return `a sample of ${found}, expected ${asked}`;
}

/** What VictoriaMetrics writes after the last sample of a target that is gone: no fault. */
const STALE = 'NaN';

/** JavaScript's calendar ends there. */
const LAST_DATE_MS = 8.64e15;

/**
 * Values are texts; a number in their place is taken if it is whole, for nothing got lost on its
 * way.
 */
function numberOf(value: unknown, whole: boolean): number | undefined {
  if (typeof value === 'number') return fits(value, true) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return fits(number, whole) ? number : undefined;
}

function fits(value: number, whole: boolean): boolean {
  return whole ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value);
}

function numberFault(sample: unknown): string {
  const value: unknown = Array.isArray(sample) ? sample[1] : sample;
  const what = typeof value === 'string' ? JSON.stringify(shortText(value, 40)) : nameOf(value);
  return `the value ${what} instead of a counter value`;
}

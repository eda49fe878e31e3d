/** Queries raw samples, reads the matrix series by series, and sets bad samples aside. */

import { z } from 'zod';
import { groupThousands } from '../../domain/figures.ts';
import { Failure } from '../../domain/failure.ts';
import { durationMs, instantText, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { FetchBody, Reject } from '../../domain/provenance.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import { openJsonList } from '../../platform/jsonList.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { recordExcerpt, typeName, parseResponse } from '../../platform/responseSchemas.ts';
import { toAnswerFields, openEnvelope } from './answer.ts';
import type { Backend } from './options.ts';
import { toUnixSeconds } from './requests.ts';
import {
  type AnswerReader,
  type PrometheusQuery,
  type PrometheusServer,
  type QueryReply,
  type ReadAnswer,
  sendQuery,
} from './sendQuery.ts';
import { type PlainSeries, PlainSeriesReader } from './plainSeries.ts';
import { isWholeCounter, type EngineMetrics } from '../engines/engine.ts';
import {
  numberAt,
  type SeriesLabels,
  type Samples,
  type Series,
  toSamples,
} from '../engines/samples.ts';

export interface Matrix {
  readonly series: readonly Series[];
  readonly rejects: readonly Reject[];
  /** The number of bad samples, including those beyond the stored rejects. */
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
  values: recordList(z.array(z.union([z.number(), z.string()]))).default([]),
});

const MATRIX_FIELDS = toAnswerFields(frame.extend({ result: z.array(item) }));

/** Which samples of an answer are used: those of a period, and of an engine's counters. */
export interface SampleFilter {
  readonly span: Period;
  /** The engine whose counters count whole units. Absent if no counters are queried. */
  readonly engine?: EngineMetrics;
}

/** How an answer with a matrix is read. */
export function createMatrixReader(wanted: SampleFilter): AnswerReader<Matrix> {
  return { fields: MATRIX_FIELDS, read: (kept, where) => readMatrix(kept, where, wanted) };
}

/** The samples that are queried of a window and its surroundings. */
interface SampleQuery extends Pick<PrometheusQuery, 'kind' | 'about' | 'window'> {
  readonly selector: string;
  /** How far the query extends beyond both ends of the window. */
  readonly horizonMs: number;
  readonly backend: Pick<Backend, 'parameters'>;
  /** The engine whose counters are queried, if any. */
  readonly engine?: EngineMetrics;
}

/**
 * Queries raw samples by a range selector, which needs an end and a length. The end is after the
 * window, because a gap across it is only counted by the sample after it.
 */
export function querySamples(
  server: PrometheusServer,
  { selector, horizonMs, backend, engine, ...about }: SampleQuery,
): Promise<QueryReply<Matrix>> {
  const { window } = about;
  const span = { startMs: window.startMs - horizonMs, endMs: window.endMs + horizonMs };
  const query = {
    query: `${selector}[${durationMs(span) / SECOND_MS}s]`,
    time: toUnixSeconds(span.endMs),
    ...backend.parameters,
  };
  const wanted = { span, ...(engine === undefined ? {} : { engine }) };
  return sendQuery(server, { ...about, segments: ['query'], query }, createMatrixReader(wanted));
}

/** How many rejects of one answer are stored. A broken series has thousands that are all alike. */
const REJECT_LIMIT = 100;

/**
 * The most bytes of one series. A week of scrapes each second is 18 MB; a longer series is queried
 * in halves.
 */
const MAX_SERIES_BYTES = 32 * 1024 * 1024;

/** The most series: 1,500 replicas with all their counters. More would take hours to read. */
const MAX_SERIES = 20_000;

/** Tolerance at the edges of a range. Servers round them, and some answer for a moment ago. */
const EDGE_MS = 5 * MINUTE_MS;

/**
 * The series of a range-selector query, one at a time. `[[1795136107.317,"1684040"],…]` becomes ms
 * and doubles. A sample of another time than `span` is rejected immediately.
 * @throws {Failure} `malformed` for anything but a matrix, and if no sample is within `span`.
 */
export function readMatrix(
  body: FetchBody,
  where: string,
  wanted: SampleFilter,
): ReadAnswer<Matrix> {
  const listOptions = { path: ['data', 'result'], where, parse: parsePlain };
  const list = openJsonList(body, { ...listOptions, longestItem: MAX_SERIES_BYTES });
  const { data, warnings } = openEnvelope(list.frame, where);
  parseResponse(frame, data, where);
  if (list.count > MAX_SERIES) throw tooManySeries(list.count, where);
  const sorter = new SampleSorter(wanted);
  const reader = new PlainSeriesReader();
  const series: Series[] = [];
  for (const bytes of list.texts()) {
    const plain = reader.read(bytes, where);
    const rest = plain === undefined ? undefined : parseResponse(item, plain.rest, where);
    const isComplete = rest?.values.length === 0;
    const samples = plain !== undefined && isComplete ? sorter.take(plain, rest.metric) : undefined;
    if (rest !== undefined && samples !== undefined) {
      series.push({ labels: rest.metric, samples });
      continue;
    }
    const { metric, values } = parseResponse(item, parsePlain(bytes, where), where);
    series.push({ labels: metric, samples: sorter.read(values, metric) });
  }
  sorter.requireThisTime(where);
  const { rejects, rejected } = sorter;
  return { value: { series, rejects, rejected }, warnings };
}

function tooManySeries(found: number, where: string): Failure {
  const [count, limit] = [found, MAX_SERIES].map(groupThousands);
  return new Failure('too-large', `${where} returned ${count} series, expected at most ${limit}`, {
    where,
    hint: "narrow the deployment's usage.match, e.g. by job",
  });
}

/** Separates samples that count from those that are set aside. */
class SampleSorter {
  readonly rejects: Reject[] = [];
  rejected = 0;
  readonly #wanted: SampleFilter;
  #position = 0;
  #taken = 0;
  /** The fault of the first sample of another time. */
  #timeFault: string | undefined;

  constructor(wanted: SampleFilter) {
    this.#wanted = wanted;
  }

  /** The samples of a series without bad samples; `undefined` if it has one. */
  take({ timesMs, values }: PlainSeries, metric: SeriesLabels): Samples | undefined {
    const { span } = this.#wanted;
    const isWhole = this.#countsWhole(metric);
    let count = 0;
    // Moves samples up over the few that are beyond an edge.
    for (let index = 0; index < timesMs.length; index += 1) {
      const [atMs, value] = [numberAt(timesMs, index), numberAt(values, index)];
      const place = placeIn(span, atMs);
      if (place === 'elsewhere' || !isCounterValue(value, isWhole)) return undefined;
      if (place === 'edge') continue;
      timesMs[count] = atMs;
      values[count] = value;
      count += 1;
    }
    this.#position += 1;
    this.#taken += count;
    return toSamples(timesMs.subarray(0, count), values.subarray(0, count));
  }

  #countsWhole(metric: SeriesLabels): boolean {
    const { engine } = this.#wanted;
    return engine !== undefined && isWholeCounter(engine, metric['__name__'] ?? '');
  }

  read(values: readonly unknown[], metric: SeriesLabels): Samples {
    const { span } = this.#wanted;
    const isWhole = this.#countsWhole(metric);
    const timesMs: number[] = [];
    const numbers: number[] = [];
    let isKnown = false;
    for (const pair of values) {
      const [seconds, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
      const value = numberOf(text, isWhole);
      const isStale = isKnown && text === STALE;
      isKnown = value !== undefined;
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
        this.#timeFault ??= fault;
        this.#reject(metric, pair, fault);
      }
    }
    this.#position += 1;
    this.#taken += timesMs.length;
    return toSamples(timesMs, numbers);
  }

  /**
   * Refuses an answer that is entirely for another period. It does not mean a period without usage.
   * @throws {Failure} `malformed`
   */
  requireThisTime(where: string): void {
    if (this.#timeFault === undefined || this.#taken > 0) return;
    throw new Failure('malformed', `${where} answered for another period: ${this.#timeFault}`, {
      where,
      hint: "check the server's clock, and any cache or proxy in front of it",
    });
  }

  #reject(metric: SeriesLabels, sample: unknown, fault: string): void {
    this.rejected += 1;
    if (this.rejects.length >= REJECT_LIMIT) return;
    const name = shortText(metric['__name__'] ?? 'a series without a name', 80);
    this.rejects.push({
      position: this.#position,
      reason: `${name} has ${fault}; the sample was ignored`,
      excerpt: recordExcerpt({ metric, sample }),
    });
  }
}

/** A sample just beyond the edge belongs to another chunk and is not a fault. */
function placeIn({ startMs, endMs }: Period, atMs: number): 'inside' | 'edge' | 'elsewhere' {
  if (atMs >= startMs && atMs <= endMs) return 'inside';
  return atMs >= startMs - EDGE_MS && atMs <= endMs + EDGE_MS ? 'edge' : 'elsewhere';
}

function timeFault(atMs: number, { startMs, endMs }: Period): string {
  const range = `${instantText(startMs)} to ${instantText(endMs)}`;
  const found = Math.abs(atMs) <= LAST_DATE_MS ? instantText(atMs) : 'a time beyond the calendar';
  return `a sample of ${found}, expected ${range}`;
}

/**
 * VictoriaMetrics writes this after the last sample of a target that disappeared. It is not a
 * fault.
 */
const STALE = 'NaN';

/** The last time that JavaScript can represent. */
const LAST_DATE_MS = 8.64e15;

/**
 * Parses a value. Values are texts; a JSON number is accepted if it is whole, since it lost no
 * digits.
 */
function numberOf(value: unknown, isWhole: boolean): number | undefined {
  if (typeof value === 'number') return isCounterValue(value, true) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return isCounterValue(number, isWhole) ? number : undefined;
}

function isCounterValue(value: number, isWhole: boolean): boolean {
  return isWhole ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value);
}

function numberFault(sample: unknown): string {
  const value: unknown = Array.isArray(sample) ? sample[1] : sample;
  const what = typeof value === 'string' ? JSON.stringify(shortText(value, 40)) : typeName(value);
  return `the value ${what} instead of a counter value`;
}

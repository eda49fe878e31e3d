/** Knows a matrix on the wire: series of raw samples, read one by one, the bad ones set aside. */

import { z } from 'zod';
import type { Reject } from '../../domain/reject.ts';
import { shortText } from '../../platform/json.ts';
import { excerptOf, nameOf, readWire } from '../../platform/wire.ts';
import { factOf, isCounted } from './engine.ts';
import { type Samples, samplesOf } from './samples.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  readonly samples: Samples;
}

export interface Matrix {
  readonly series: readonly Series[];
  readonly rejects: readonly Reject[];
  /** Bad samples, also those beyond the rejects that are kept. */
  readonly rejected: number;
}

const matrix = z.object({
  resultType: z.literal('matrix', {
    error: (issue) => `resultType ${JSON.stringify(issue.input)} where "matrix" was expected`,
  }),
  result: z.array(
    z.object({
      metric: z.record(z.string(), z.string()),
      values: z.array(z.unknown()).default([]),
    }),
  ),
});

/** Rejects that are kept of one answer: a series that has gone wrong has thousands, all alike. */
const REJECT_LIMIT = 100;

/**
 * The series of a range-selector query: `[[1795136107.317,"1684040"],…]` becomes milliseconds and
 * doubles.
 * @throws {Failure} `malformed` for anything but a matrix.
 */
export function readMatrix(data: unknown, where: string): Matrix {
  const { result } = readWire(matrix, data, where);
  const rejects: Reject[] = [];
  let rejected = 0;
  const series = result.map(({ metric, values }, position) => {
    const { samples, bad } = readSamples(values, countsWhole(metric));
    rejected += bad.length;
    for (const sample of bad.slice(0, REJECT_LIMIT - rejects.length)) {
      rejects.push(rejectOf(position, metric, sample));
    }
    return { labels: metric, samples };
  });
  return { series, rejects, rejected };
}

function countsWhole(metric: Labels): boolean {
  const named = factOf(metric['__name__'] ?? '');
  return named !== undefined && isCounted(named.fact);
}

function readSamples(values: readonly unknown[], whole: boolean) {
  const timesMs: number[] = [];
  const numbers: number[] = [];
  const bad: unknown[] = [];
  for (const pair of values) {
    const [seconds, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const value = numberOf(text, whole);
    if (value === undefined || typeof seconds !== 'number') {
      bad.push(pair);
    } else {
      timesMs.push(Math.round(seconds * 1000));
      numbers.push(value);
    }
  }
  return { samples: samplesOf(timesMs, numbers), bad };
}

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

function rejectOf(position: number, metric: Labels, sample: unknown): Reject {
  const name = shortText(metric['__name__'] ?? 'a series without a name', 80);
  const value: unknown = Array.isArray(sample) ? sample[1] : sample;
  const what = typeof value === 'string' ? JSON.stringify(shortText(value, 40)) : nameOf(value);
  return {
    position,
    reason: `${name} has ${what} where a counted number was expected; the sample is left out`,
    excerpt: excerptOf({ metric, sample }),
  };
}

/** The fields of Langfuse's metrics that are read. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { decimalText, instant } from '../../platform/wire.ts';

/** Sums of 64 bits come as text, others as numbers; nothing was summed where they are null. */
const sum = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'a whole number of 0 or more was expected',
  });
const name = z.string().nullish();

/** What may tell one call from another, by Langfuse's names of dimensions. */
export const DIMENSIONS = [
  'providedModelName',
  'environment',
  'name',
  'traceName',
  'release',
  'version',
] as const;

const dimensions = z.object({
  providedModelName: name,
  environment: name,
  name,
  traceName: name,
  release: name,
  version: name,
});

/** One bucket of time, model and level. */
export const metricsRow = dimensions.extend({
  time_dimension: instant,
  level: name,
  sum_inputTokens: sum.nullish(),
  sum_outputTokens: sum.nullish(),
  count_count: sum,
});

export type MetricsRow = z.output<typeof metricsRow>;

export const metricsAnswer = z.object({ data: listOf(metricsRow) });

export const METRICS_FIELDS = fieldsOf(metricsAnswer);

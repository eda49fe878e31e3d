/** The fields of Langfuse's metrics that are read. */

import { z } from 'zod';
import { findReadFields, recordList } from '../../platform/readFields.ts';
import { instantMsSchema } from '../../platform/wire.ts';
import { wholeCount } from '../fieldTypes.ts';

/** 64-bit sums come as text, others as numbers. Null means that nothing was summed. */
const sum = wholeCount;
const name = z.string().nullish();

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
  time_dimension: instantMsSchema,
  level: name,
  sum_inputTokens: sum.nullish(),
  sum_outputTokens: sum.nullish(),
  count_count: sum,
});

export type MetricsRow = z.output<typeof metricsRow>;

export const metricsAnswer = z.object({ data: recordList(metricsRow) });

export const METRICS_FIELDS = findReadFields(metricsAnswer);

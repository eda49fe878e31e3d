/** Reads the usage file: the tokens and requests that a deployment served in an interval. */

import { durationMs, type Period } from '../../../domain/period.ts';
import type { UsageRow } from '../../../domain/usage.ts';
import {
  readCount,
  requireNotInFuture,
  refuseCell,
  readRequiredCount,
  readRequiredText,
  readSecondsAsMs,
  readPeriod,
} from '../cells.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import type { FileRow } from '../columns.ts';

export const USAGE_IMPORT_COLUMNS = {
  required: ['deployment', 'start', 'end', 'prompt_tokens', 'output_tokens'],
  optional: ['cached_tokens', 'requests', 'busy_seconds', 'replica_seconds'],
  keepsExtras: false,
} as const;

/** A row with one of these columns is a part of its interval. See `usageParts.ts`. */
export const PART_COLUMNS = ['demand', 'tenant', 'team', 'adapter'] as const;

export const usageKind: FactKind<'usage'> = {
  name: 'usage',
  columns: {
    ...USAGE_IMPORT_COLUMNS,
    optional: [...USAGE_IMPORT_COLUMNS.optional, ...PART_COLUMNS],
  },
  read: readUsage,
};

function readUsage(row: FileRow, frame: ReadContext): ReadRow<UsageRow> {
  const unexpected = PART_COLUMNS.find((column) => row.cell(column) !== '');
  if (unexpected !== undefined) {
    const todo = 'add the column to the first row as well, as null if it is unknown';
    refuseCell(row, unexpected, {
      expected: 'no value, because the first row of the file has none',
      todo,
    });
  }
  const fact = readUsageRow(row, frame);
  const { period, deployment } = fact;
  const key = `${period.startMs} ${period.endMs} ${deployment}`;
  return { fact, key, values: valuesText(fact) };
}

/** The deployment and the interval of a row. */
export function readInterval(
  row: FileRow,
  { nowMs }: ReadContext,
): Pick<UsageRow, 'deployment' | 'period'> {
  const deployment = readRequiredText(row, 'deployment');
  const period = readPeriod(row);
  requireNotInFuture(row, 'end', { atMs: period.endMs, nowMs });
  return { deployment, period };
}

/** The usage in a row. */
export function readUsageRow(row: FileRow, frame: ReadContext): UsageRow {
  const { deployment, period } = readInterval(row, frame);
  const limits = toLimits(period);
  const prompt = readRequiredCount(row, 'prompt_tokens', limits.counted);
  const cached = readCount(row, 'cached_tokens', limits.counted);
  if (cached !== undefined && cached > prompt) {
    const whole = `at most prompt_tokens (${prompt})`;
    const expected = `${whole}, because cached tokens are part of the prompt count`;
    refuseCell(row, 'cached_tokens', { expected, todo: 'count the whole prompt as prompt_tokens' });
  }
  return {
    sourceId: frame.sourceId,
    deployment,
    period,
    uncachedPromptTokens: prompt - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: readRequiredCount(row, 'output_tokens', limits.counted),
    ...optionalParts(row, limits),
  };
}

interface Limits {
  readonly counted: number;
  readonly replicaMs: number;
}

/** More than any deployment serves. Sums of smaller counts over a quarter are exact doubles. */
const MAX_PER_SECOND = 100_000_000;
const MAX_REPLICAS = 100_000;

function toLimits(period: Period): Limits {
  const lengthMs = durationMs(period);
  return {
    counted: Math.ceil(lengthMs / 1000) * MAX_PER_SECOND,
    replicaMs: lengthMs * MAX_REPLICAS,
  };
}

function valuesText(fact: UsageRow): string {
  const { uncachedPromptTokens, cachedPromptTokens, outputTokens, requests, busyMs, replicaMs } =
    fact;
  const tokens = `${uncachedPromptTokens} ${cachedPromptTokens} ${outputTokens}`;
  return `${tokens} ${requests} ${busyMs} ${replicaMs}`;
}

function optionalParts(
  row: FileRow,
  limits: Limits,
): Pick<UsageRow, 'requests' | 'busyMs' | 'replicaMs'> {
  const requests = readCount(row, 'requests', limits.counted);
  const busyMs = readSecondsAsMs(row, 'busy_seconds', limits.replicaMs);
  const replicaMs = readSecondsAsMs(row, 'replica_seconds', limits.replicaMs);
  if (busyMs !== undefined && replicaMs !== undefined && busyMs > replicaMs) {
    const whole = `at most replica_seconds (${row.cell('replica_seconds')})`;
    const expected = `${whole}, both summed over replicas`;
    refuseCell(row, 'busy_seconds', { expected, todo: 'check which column is which' });
  }
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(busyMs === undefined ? {} : { busyMs }),
    ...(replicaMs === undefined ? {} : { replicaMs }),
  };
}

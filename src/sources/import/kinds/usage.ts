/** Knows the usage file: what a deployment served in one interval. */

import type { UsageRow } from '../../../domain/usage.ts';
import { count, refuse, requiredCount, requiredText, secondsAsMs, span } from '../cells.ts';
import type { FactKind, ReadRow } from '../factKind.ts';
import type { Row } from '../row.ts';

export const usageKind: FactKind<'usage'> = {
  name: 'usage',
  columns: {
    required: ['deployment', 'start', 'end', 'prompt_tokens', 'output_tokens'],
    optional: ['cached_tokens', 'requests', 'busy_seconds', 'replica_seconds'],
    keepsExtras: false,
  },
  read: readUsage,
};

function readUsage(row: Row, sourceId: string): ReadRow<UsageRow> {
  const deployment = requiredText(row, 'deployment');
  const period = span(row);
  const prompt = requiredCount(row, 'prompt_tokens');
  const cached = count(row, 'cached_tokens');
  if (cached !== undefined && cached > prompt) {
    const most = `at most prompt_tokens (${prompt})`;
    const expected = `${most}, for cached tokens lie inside the prompt count`;
    refuse(row, 'cached_tokens', { expected, todo: 'count the whole prompt as prompt_tokens' });
  }
  const fact: UsageRow = {
    sourceId,
    deployment,
    period,
    uncachedPromptTokens: prompt - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: requiredCount(row, 'output_tokens'),
    ...optionalParts(row),
  };
  const key = `${period.startMs} ${period.endMs} ${deployment}`;
  return { fact, key, says: saying(fact) };
}

function saying(fact: UsageRow): string {
  const { uncachedPromptTokens, cachedPromptTokens, outputTokens, requests, busyMs, replicaMs } =
    fact;
  const tokens = `${uncachedPromptTokens} ${cachedPromptTokens} ${outputTokens}`;
  return `${tokens} ${requests} ${busyMs} ${replicaMs}`;
}

function optionalParts(row: Row): Pick<UsageRow, 'requests' | 'busyMs' | 'replicaMs'> {
  const requests = count(row, 'requests');
  const busyMs = secondsAsMs(row, 'busy_seconds');
  const replicaMs = secondsAsMs(row, 'replica_seconds');
  if (busyMs !== undefined && replicaMs !== undefined && busyMs > replicaMs) {
    const most = `at most replica_seconds (${row.cell('replica_seconds')})`;
    const expected = `${most}, both summed over replicas`;
    refuse(row, 'busy_seconds', { expected, todo: 'check which column is which' });
  }
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(busyMs === undefined ? {} : { busyMs }),
    ...(replicaMs === undefined ? {} : { replicaMs }),
  };
}

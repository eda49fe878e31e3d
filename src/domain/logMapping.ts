/** Mappings from the fields of an access log to request data. */

import type { Demand } from './usageFacts.ts';

/** Fields read from one request. */
export const LOG_FIELDS = [
  'time',
  'end',
  'id',
  'session',
  'model',
  'upstream',
  'provider',
  'status',
  'cache_hit',
  'prompt_tokens',
  'cached_tokens',
  'output_tokens',
  'total_tokens',
  'demand',
  'tenant',
  'team',
  'adapter',
] as const;

/** Fields that identify the deployment of a request. */
export const LOG_MATCH_KEYS = [
  'model',
  'upstream',
  'provider',
  'tenant',
  'team',
  'adapter',
] as const;

export type LogField = (typeof LOG_FIELDS)[number];

export interface LogMapping {
  /** Our field to the path in the log: `{ prompt_tokens: 'response.usage.prompt_tokens' }`. */
  readonly fields: Readonly<Partial<Record<LogField, string>>>;
  /** The log's value for a kind of demand to ours. */
  readonly demands: Readonly<Record<string, Demand>>;
  /** Paths that deployments use for a tenant, a team, an adapter or a kind of demand. */
  readonly labels?: readonly string[];
}

/** Column name of a label among the fields: `label caller.id`. */
export function labelCell(label: string): string {
  return `label ${label}`;
}

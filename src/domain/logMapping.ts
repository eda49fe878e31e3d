/** What the fields of somebody's access log mean. */

import type { Demand } from './usageFacts.ts';

/** What is read of one request. */
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

/** What of a request tells which deployment it is for. */
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
  /** Our field to the path of theirs: `{ prompt_tokens: 'response.usage.prompt_tokens' }`. */
  readonly fields: Readonly<Partial<Record<LogField, string>>>;
  /** Their word for a kind of demand to ours. */
  readonly demands: Readonly<Record<string, Demand>>;
  /** Paths by which deployments name a tenant, a team, an adapter or a kind of demand. */
  readonly labels?: readonly string[];
}

/** The name of a label's column among the fields: `label caller.id`. */
export function labelCell(label: string): string {
  return `label ${label}`;
}

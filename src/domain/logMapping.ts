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

export type LogField = (typeof LOG_FIELDS)[number];

export interface LogMapping {
  /** Our field to the path of theirs: `{ prompt_tokens: 'response.usage.prompt_tokens' }`. */
  readonly fields: Readonly<Partial<Record<LogField, string>>>;
  /** Their word for a kind of demand to ours. */
  readonly demands: Readonly<Record<string, Demand>>;
}

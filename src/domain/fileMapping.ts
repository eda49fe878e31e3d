/** Mappings from other file formats to the columns of an import. */

import type { Demand } from './usageFacts.ts';

/** Columns of a charges file. */
export const CHARGE_COLUMNS = {
  required: ['resource_id', 'category', 'start', 'end', 'billed_cost', 'currency'],
  optional: [
    'id',
    'resource_name',
    'pricing_class',
    'quantity',
    'unit',
    'gpu_type',
    'gpu_count',
    'list_cost',
    'effective_cost',
    'invoice_id',
    'invoice_issued',
    'basis',
  ],
} as const;

/** Columns that replace `start` and `end`: a whole month or day, or the last day. */
const PERIOD_COLUMNS = ['month', 'day', 'last_day'] as const;

/** Columns that a mapping may name. */
export const MAPPED_COLUMNS = [
  ...CHARGE_COLUMNS.required,
  ...CHARGE_COLUMNS.optional,
  ...PERIOD_COLUMNS,
] as const;

/** Date formats; the last two count from 1970. */
export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD.MM.YYYY',
  'D MMM YYYY',
  'MMM D, YYYY',
  'unix',
  'unix-ms',
] as const;

/** Money columns, and their alternative unit. */
export const MONEY_COLUMNS = ['billed_cost', 'list_cost', 'effective_cost'] as const;
export const MONEY_UNITS = ['cents'] as const;
/** Units of a quantity that is converted to hours. */
export const TIME_UNITS = ['milliseconds', 'seconds', 'minutes', 'days'] as const;

export type MappedUnit = (typeof MONEY_UNITS)[number] | (typeof TIME_UNITS)[number];

/** One file format, by our column names. */
export interface ImportMapping {
  /** Our column name to the file's. */
  readonly columns: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, MappedUnit>>;
  /** Set if numbers have thousands separators or a decimal comma. */
  readonly decimal?: '.' | ',';
  readonly dates: (typeof DATE_FORMATS)[number];
  /** Separator between the cells of a CSV file. */
  readonly separator: ',' | ';' | '\t';
  /** Rows to read: each of these file columns must match its glob. */
  readonly rows: Readonly<Record<string, string>>;
}

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

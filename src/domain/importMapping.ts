/** Mappings from other file formats to the columns of an import. */

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

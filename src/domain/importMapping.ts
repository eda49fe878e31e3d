/** What a form of bill is called by, that is not in our own columns. */

/** The columns of a file of charges. */
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

/** Columns of a bill that stand for `start` and `end`: a whole month or day, the last day. */
const PERIOD_COLUMNS = ['month', 'day', 'last_day'] as const;

/** All columns that a mapping may name. */
export const MAPPED_COLUMNS = [
  ...CHARGE_COLUMNS.required,
  ...CHARGE_COLUMNS.optional,
  ...PERIOD_COLUMNS,
] as const;

/** How a file spells dates; the last two count from 1970. */
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

/** Columns that hold money, and what they may count in. */
export const MONEY_COLUMNS = ['billed_cost', 'list_cost', 'effective_cost'] as const;
export const MONEY_UNITS = ['cents'] as const;
/** What a quantity may count in that becomes hours. */
export const TIME_UNITS = ['milliseconds', 'seconds', 'minutes', 'days'] as const;

export type MappedUnit = (typeof MONEY_UNITS)[number] | (typeof TIME_UNITS)[number];

/** One form of file, by the names of our columns. */
export interface ImportMapping {
  /** Our column to the file's. */
  readonly columns: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, MappedUnit>>;
  /** Set where numbers have thousands separators or a decimal comma. */
  readonly decimal?: '.' | ',';
  readonly dates: (typeof DATE_FORMATS)[number];
  /** Between the cells of a CSV file. */
  readonly separator: ',' | ';' | '\t';
  /** Rows that are wanted: each of the file's columns here must fit its glob. */
  readonly rows: Readonly<Record<string, string>>;
}

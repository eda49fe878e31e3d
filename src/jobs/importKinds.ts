/** Kinds and formats of imports. This file imports no code, because `--help` loads it. */

import type { OpsFormat } from '../sources/import/exports/tools.ts';

export const IMPORT_KINDS = [
  'charges',
  'focus',
  'usage',
  'requests',
  'prices',
  'rates',
  'ops',
  'invoice',
  'exchange-rates',
] as const;

/** Formats of files of hours: `auto` detects the format, `csv` is rentcheck's own. */
export const OPS_FORMATS = ['auto', 'csv', 'pagerduty', 'opsgenie'] as const satisfies readonly (
  | 'auto'
  | OpsFormat
)[];

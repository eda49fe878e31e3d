/** What an import may hold and who may have written it; free of imports, for `--help` reads it. */

import type { OpsFormat } from '../sources/import/exports/recognize.ts';

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

/** What may have written a file of hours; `auto` is recognized, `csv` is the file of our own. */
export const OPS_FORMATS = ['auto', 'csv', 'pagerduty', 'opsgenie'] as const satisfies readonly (
  | 'auto'
  | OpsFormat
)[];

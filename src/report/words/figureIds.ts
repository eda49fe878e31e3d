/** Lists the ids of the main figures, and where all others are. */

import type { Audit } from '../../verdict/audit.ts';
import { listFigures } from '../figures/catalog.ts';
import type { ReportTable } from './table.ts';
import type { Reader } from '../locale.ts';

const SHOWN: ReadonlySet<string> = new Set([
  'stack.effective-price',
  'stack.hosted-price',
  'stack.utilization',
  'stack.saving',
  'stack.saving.low',
  'stack.saving.high',
  'stack.probability',
  'stack.without-labor.saving',
  'stack.spend',
  'stack.coverage',
]);

export function figureIdTable(audit: Audit, reader: Reader): ReportTable[] {
  const shown = listFigures(audit, reader).filter(({ id }) => SHOWN.has(id));
  if (shown.length === 0) return [];
  return [
    {
      title: 'Figures and where they come from',
      head: ['Figure id', 'Value', 'In report.json'],
      isWords: true,
      rows: shown.map(({ id, text, path }) => ({ cells: [id, text, path], note: '' })),
      foot:
        'Figures of one deployment start with its name, as in NAME.utilization or ' +
        'NAME.options.delete.saving. All figures are in figures.csv, with the ledger view of each.',
    },
  ];
}

/** Lists the figures of finance's tables, by table and position. */

import type { Audit } from '../../verdict/audit.ts';
import {
  outsideSpendTables,
  commitmentTable,
  creditTable,
  invoiceTable,
  reconciliationTables,
  unattributedTable,
} from '../words/financeBooks.ts';
import { spendTables } from '../words/financeSpend.ts';
import type { ReportTable } from '../words/table.ts';
import type { AuditFigure } from './figure.ts';
import type { Reader } from '../locale.ts';

/**
 * Figures of all finance tables. `bill.spend.2.1.1` is the first amount of the first row of the
 * second spend table.
 */
export function billFigures(audit: Audit, reader: Reader): AuditFigure[] {
  return [
    ...figuresIn('spend', spendTables(audit, reader)),
    ...figuresIn('reconciliation', reconciliationTables(audit, reader)),
    ...figuresIn('commitments', commitmentTable(audit, reader)),
    ...figuresIn('credits', creditTable(audit, reader)),
    ...figuresIn('beside', outsideSpendTables(audit, reader)),
    ...figuresIn('invoices', invoiceTable(audit, reader)),
    ...figuresIn('unattributed', unattributedTable(audit, reader)),
  ];
}

function figuresIn(name: string, tables: readonly ReportTable[]): AuditFigure[] {
  return tables.flatMap(({ rows, total = [] }, table) => {
    const place = `bill.${name}.${table + 1}`;
    const lines = rows.map(({ cells, note }) => [...cells.slice(1), note]);
    return [...lines, total.slice(1)].flatMap((texts, row) =>
      texts.flatMap((text, column) => {
        const id = `${place}.${row === rows.length ? 'total' : row + 1}.${column + 1}`;
        return text === '' ? [] : [{ id, text, value: '', ...SOURCE }];
      }),
    );
  });
}

const SOURCE = { unit: 'USD', path: 'bill, totals, stack', view: 'spend_by_day' } as const;

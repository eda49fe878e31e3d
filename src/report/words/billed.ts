/** Renders missing bills. */

import { decimal, isZero } from '../../domain/exact.ts';
import { parseInstant } from '../../domain/period.ts';
import type { Audit } from '../../verdict/audit.ts';
import { monthText, percent, wholeNumber } from '../format.ts';
import { oneLine, shownName } from '../label.ts';
import { gapLine } from './evidence.ts';
import type { Reader } from '../locale.ts';

type Totals = Audit['totals'];

/** Lines on missing bills. Empty if no bill is known to be missing. */
export function missingBillLines(
  { totals, evidence }: Pick<Audit, 'totals' | 'evidence'>,
  reader: Reader,
): string[] {
  return [
    ...unbilledLine(totals, reader),
    ...missingBillsLine(totals, reader),
    ...gapLine({ evidence }, reader),
  ];
}

function unbilledLine({ tokens, unbilledTokens, unbilledShare }: Totals, reader: Reader): string[] {
  if (unbilledTokens === 0) return [];
  const [part, all] = [unbilledTokens, tokens + unbilledTokens].map((each) =>
    wholeNumber(each, reader),
  );
  const share = decimal(unbilledShare);
  const shown = isZero(share) ? '' : ` (${percent(share, reader)})`;
  return [
    `No bill covers ${part} of ${all} tokens${shown}. They are left out of the comparison on ` +
      'both sides.',
  ];
}

const MOST_MONTHS = 6;

function missingBillsLine({ missingBills }: Totals, reader: Reader): string[] {
  if (missingBills.length === 0) return [];
  const shown = missingBills.slice(0, MOST_MONTHS).map(({ source, month }) => {
    return `${shownName(source)} for ${monthName(month, reader)}`;
  });
  const left = missingBills.length - shown.length;
  const more = left > 0 ? ` and ${left} more` : '';
  return [`The spend is not reconciled. Bills are missing: ${shown.join(', ')}${more}.`];
}

/** `2026-10` is `Oct 2026`. */
export function monthName(month: string, reader: Reader): string {
  const atMs = parseInstant(`${month}-01`);
  return atMs === undefined ? oneLine(month, 24) : monthText(atMs, reader);
}

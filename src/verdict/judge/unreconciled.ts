/** What is said where a bill and the ledger differ. */

import { counted } from '../../domain/counted.ts';
import {
  foreignText,
  noRateText,
  rateMend,
  type UnconvertedCharges,
} from '../../domain/currency.ts';
import { exactDollars } from '../../domain/digits.ts';
import { add, exactInteger } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { monthText } from '../../domain/months.ts';
import type { InvoicedMonth, Reconciled, ReconciledLine } from '../../domain/reconciliation.ts';

/** A month, or a provider's own total, that does not come to what the ledger holds. */
export interface Unreconciled {
  readonly sourceId: string;
  /** One sentence without a full stop. */
  readonly says: string;
  readonly mend: string;
}

/** Each of them stops a verdict. */
export function unreconciled(all: readonly Reconciled[]): Unreconciled[] {
  return all.flatMap((month) => {
    const off = month.lines.filter(({ match }) => match !== 'matched');
    if (month.match === 'matched' && off.length === 0) return [];
    const { sourceId } = month;
    const told = month.match === 'matched' ? linesText(month, off) : wholeText(month, off);
    return [{ ...told, sourceId, says: `${sourceId}, ${monthText(month.monthMs)}, ${told.says}` }];
  });
}

/** Months of which an invoice waits for an exchange rate: nobody knows whether they match. */
export function waitingInvoices(months: readonly InvoicedMonth[]): Unreconciled[] {
  return months.flatMap(({ sourceId, monthMs, waiting = [] }) => {
    const byRate = Map.groupBy(waiting, ({ rate }) => noRateText(rate));
    return [...byRate].flatMap(([noRate, amounts]): Unreconciled[] => {
      const [first] = amounts;
      if (first === undefined) return [];
      const { currency } = first.original;
      const amount = amounts.reduce((sum, { original }) => add(sum, original.amount), ZERO);
      const invoices = [...new Set(amounts.map(({ invoiceId }) => invoiceId))].sort();
      const asked = `${invoicesText(invoices)} ${foreignText({ currency, amount })}`;
      return [
        {
          sourceId,
          says: `${sourceId}, ${monthText(monthMs)}, not compared: ${asked}, and ${noRate}`,
          mend: rateMend(first.rate),
        },
      ];
    });
  });
}

/** Charges that are in no sum, for their dollars are unknown. Each of them stops a verdict. */
export function unconverted(all: readonly UnconvertedCharges[]): Unreconciled[] {
  return all.map(({ sourceId, currency, monthMs, charges, amount }) => {
    const rate = { currency, monthMs };
    const billed = `${counted(charges, 'charge')} of ${foreignText({ currency, amount })}`;
    return {
      sourceId,
      says: `${sourceId}, ${monthText(monthMs)}: ${billed} not counted, for ${noRateText(rate)}`,
      mend: `${rateMend(rate)}, then pull or import the bill again`,
    };
  });
}

const ZERO = exactInteger(0);

type Told = Pick<Unreconciled, 'says' | 'mend'>;

/** `different: invoice INV-7 asks $1,000.00, and the ledger holds $900.00 for the same time`. */
function wholeText(month: Reconciled, off: readonly ReconciledLine[]): Told {
  const { sourceId, against, match, invoices } = month;
  const [billed, held] = [billedText(month), exactNano(month.heldNanoUsd)];
  if (against === 'own total') {
    return {
      says: `${match}: its own total is ${billed}, the ledger holds ${held} for the same time`,
      mend: `pull ${sourceId} again, and look for rejected rows`,
    };
  }
  const asked = `${match}: ${invoicesText(invoices)} ${billed}`;
  if (match === 'bill only') {
    return {
      says: `${asked}, and the ledger holds no charge of that time`,
      mend: 'pull or import the charges',
    };
  }
  return {
    says: `${asked}, the ledger holds ${held} for the same time${partText(month, off)}`,
    mend: 'pull or import what is missing, or correct the invoice',
  };
}

function invoicesText(invoices: readonly string[]): string {
  const [first = '', ...more] = invoices;
  if (more.length === 0) return `invoice ${first} asks for`;
  return `invoice ${first} and ${counted(more.length, 'other')} ask for`;
}

/** Which part of a month is off, where the invoice tells parts. */
function partText({ lines }: Reconciled, off: readonly ReconciledLine[]): string {
  return off.length === 0 || lines.length < 2 ? '' : `; ${differText(lines, off)}`;
}

function differText(lines: readonly ReconciledLine[], off: readonly ReconciledLine[]): string {
  const [first] = off;
  const which = first === undefined ? '' : `, the first: ${lineText(first)}`;
  return `${off.length} of ${counted(lines.length, 'line')} differ${which}`;
}

/** The month comes to the same and its parts do not: money stands with the wrong resource. */
function linesText({ lines, invoices }: Reconciled, off: readonly ReconciledLine[]): Told {
  const [first] = off;
  const parts = differText(lines, off);
  return {
    says: `${first?.match}: ${invoicesText(invoices)} the same in all, but ${parts}`,
    mend: 'correct resource_id or category in the invoice, or leave both empty',
  };
}

/** `pod-1 compute (bill only): $4.00 asked for, $0.00 held`. */
function lineText({ resourceId, category, match, ...sides }: ReconciledLine): string {
  const what = [resourceId, category].filter((part) => part !== undefined).join(' ');
  const [billed, held] = [billedText(sides), exactNano(sides.heldNanoUsd)];
  return `${what} (${match}): ${billed} asked for, ${held} held`;
}

/** `$108.42 (100.00 EUR)`. */
function billedText({ billedNanoUsd, billedIn = [] }: Omit<ReconciledLine, 'match'>): string {
  const dollars = exactNano(billedNanoUsd);
  return billedIn.length === 0 ? dollars : `${dollars} (${billedIn.map(foreignText).join(', ')})`;
}

/** Two amounts that differ by a cent must not read alike. */
function exactNano(nano: bigint): string {
  return exactDollars(usd(nano));
}

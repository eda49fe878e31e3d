/** What a bill in FOCUS has, service by service, and how much of it was taken. */

import { counted } from '../../../domain/counted.ts';
import { type FocusLine, takenText } from '../../../domain/focus.ts';
import { exactDollars } from '../../../domain/digits.ts';
import { nanoFromUsd, usd, usdText } from '../../../domain/money.ts';
import type { Amounts } from '../amounts.ts';
import type { Row } from '../row.ts';

/** A bill of a cloud has some hundred services; what comes after these is one line. */
const MOST_SERVICES = 500;

/** Counts what a bill has, service by service. */
export function newSurvey() {
  const lines = new Map<string, FocusLine>();
  return {
    note(row: Row, amounts: Amounts, isTaken: boolean): void {
      const { currency, billed } = billedIn(amounts);
      const category = row.cell('ServiceCategory') || row.cell('ChargeCategory');
      const service = row.cell('ServiceName') || 'no service name';
      const own = `${category}\0${service}\0${currency}`;
      const isRoom = lines.has(own) || lines.size < MOST_SERVICES;
      const place = isRoom ? own : currency;
      const before = lines.get(place) ?? {
        category: isRoom ? category : '',
        service: isRoom ? service : 'all other services',
        rows: 0,
        currency,
        billedNano: 0n,
        takenRows: 0,
        takenNano: 0n,
      };
      lines.set(place, {
        ...before,
        rows: before.rows + 1,
        billedNano: before.billedNano + billed,
        takenRows: before.takenRows + (isTaken ? 1 : 0),
        takenNano: before.takenNano + (isTaken ? billed : 0n),
      });
    },
    lines: (): FocusLine[] => [...lines.values()],
    sentence(): string {
      const all = [...lines.values()];
      const rows = all.reduce((sum, line) => sum + line.rows, 0);
      const taken = all.reduce((sum, line) => sum + line.takenRows, 0);
      return (
        `take selected ${counted(taken, 'row')} of ${counted(rows, 'row')}, ` +
        `${takenText(all, amountText)} billed`
      );
    },
  };
}

/** In billionths of its currency. */
function billedIn(amounts: Amounts): { readonly currency: string; readonly billed: bigint } {
  if (!('original' in amounts)) return { currency: 'USD', billed: amounts.billed };
  const { currency, amount } = amounts.original;
  return { currency, billed: nanoFromUsd(amount) };
}

function amountText(nano: bigint, currency: string): string {
  return currency === 'USD' ? exactDollars(usd(nano)) : `${usdText(usd(nano))} ${currency}`;
}

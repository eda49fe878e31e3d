/** Sums a FOCUS bill by service, with the amount that was selected. */

import { usdDigits } from '../../../domain/figures.ts';
import type { PullWarning, TakenAmount } from '../../../domain/pullWarning.ts';
import { type FocusLine, dollarsFirst } from '../../../domain/focus.ts';
import { nanoFromUsd, sumNano, usd } from '../../../domain/money.ts';
import type { ChargeAmounts } from '../amounts.ts';
import type { FileRow } from '../columns.ts';

/** A cloud bill has some hundred services. Further services are summed in one line. */
const MAX_SERVICES = 500;

/** Creates an empty survey. */
export function createSurvey() {
  const lines = new Map<string, FocusLine>();
  return {
    note(row: FileRow, amounts: ChargeAmounts, isTaken: boolean): void {
      const { currency, billed } = toBilled(amounts);
      const category = row.cell('ServiceCategory') || row.cell('ChargeCategory');
      const service = row.cell('ServiceName') || 'no service name';
      const serviceKey = `${category}\0${service}\0${currency}`;
      const isListed = lines.has(serviceKey) || lines.size < MAX_SERVICES;
      const key = isListed ? serviceKey : currency;
      const line = lines.get(key) ?? {
        category: isListed ? category : '',
        service: isListed ? service : 'all other services',
        rows: 0,
        currency,
        billedNano: 0n,
        takenRows: 0,
        takenNano: 0n,
      };
      lines.set(key, {
        ...line,
        rows: line.rows + 1,
        billedNano: line.billedNano + billed,
        takenRows: line.takenRows + (isTaken ? 1 : 0),
        takenNano: line.takenNano + (isTaken ? billed : 0n),
      });
    },
    lines: (): FocusLine[] => [...lines.values()],
    taken(): PullWarning {
      const all = [...lines.values()];
      const rows = all.reduce((sum, line) => sum + line.rows, 0);
      const takenRows = all.reduce((sum, line) => sum + line.takenRows, 0);
      return { code: 'rows-taken', rows, takenRows, amounts: takenAmounts(all) };
    },
  };
}

/** The billed amount in billionths of its currency. */
function toBilled(amounts: ChargeAmounts): { readonly currency: string; readonly billed: bigint } {
  if (!('original' in amounts)) return { currency: 'USD', billed: amounts.billed };
  const { currency, amount } = amounts.original;
  return { currency, billed: nanoFromUsd(amount) };
}

/** The sums of each currency that the lines have, US dollars first. */
function takenAmounts(lines: readonly FocusLine[]): TakenAmount[] {
  const currencies = lines.length === 0 ? ['USD'] : lines.map(({ currency }) => currency);
  return [...new Set(currencies)].sort(dollarsFirst).map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const taken = sumNano(own.map(({ takenNano }) => takenNano));
    const billed = sumNano(own.map(({ billedNano }) => billedNano));
    return { currency, taken: usdDigits(usd(taken)), billed: usdDigits(usd(billed)) };
  });
}

/** Invoices that reach the company as files: one in euros, one to lay beside a rebuilt bill. */

import { decimalText } from '../domain/exact.ts';
import { dayText } from '../domain/period.ts';
import { daysIn, monthsIn, WINDOW } from './calendar.ts';
import { type Fleet, rentedFrom } from './fleet.ts';
import { rentedHours } from './rent.ts';

/** What a German data center keeps for claims-triage, for as long as the law asks. */
export const ARCHIVE = {
  id: 'claims-archive',
  deployment: 'claims-triage',
  /** A day, net. */
  euroCents: 385,
} as const;

/** What a euro is worth by month, in ten-thousandths of a dollar. */
export const EURO_RATES: Readonly<Record<string, number>> = {
  '2026-07': 10_842,
  '2026-08': 10_917,
  '2026-09': 10_875,
};

/** Nano-dollars of one day: cents times ten-thousandths are millionths of a dollar. */
export function archiveNano(dayStartMs: number): bigint {
  const rate = EURO_RATES[dayText(dayStartMs).slice(0, 7)] ?? Number.NaN;
  return BigInt(ARCHIVE.euroCents * rate) * 1_000n;
}

/** As a spreadsheet writes it in Germany. */
export function archiveInvoice(): string {
  const rows = daysIn(WINDOW).map((dayMs) => {
    const [year = '', month = '', day = ''] = dayText(dayMs).split('-');
    const amount = decimalText(BigInt(ARCHIVE.euroCents), 2).replace('.', ',');
    return `R-${year}-${month};${day}.${month}.${year};${ARCHIVE.id};${amount} €`;
  });
  return `${['Rechnung;Tag;Posten;Netto', ...rows].join('\n')}\n`;
}

/** What Lambda asks for, month by month; its API tells no bill. */
export function lambdaInvoice(fleet: Fleet): string {
  const lines = monthsIn(WINDOW).map(({ startMs, endMs }, at) => {
    const micro = rentedFrom('lambda', fleet).reduce(
      (sum, pod) => sum + pod.gpuMicroUsdPerHour * rentedHours(pod, startMs, endMs),
      0,
    );
    const amount = decimalText(BigInt(micro), 6);
    const [from, to] = [dayText(startMs), dayText(endMs)];
    return `L-${dayText(startMs).slice(0, 7)}-${at + 1},${to},${from},${to},${amount},USD`;
  });
  return `${['invoice_id,issued,start,end,amount,currency', ...lines].join('\n')}\n`;
}

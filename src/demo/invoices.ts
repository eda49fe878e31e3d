/** Invoices that arrive as files: one in euros, and one to reconcile with rebuilt charges. */

import { scaledDecimal } from '../domain/exact.ts';
import { dayText } from '../domain/period.ts';
import { dayStartsIn, monthsIn, DEMO_WINDOW } from './calendar.ts';
import { type Fleet, findFleetPods } from './fleet.ts';
import { computeRentedHours } from './rentals.ts';

/** An archive for claims-triage that a German data center invoices, as the law requires. */
export const ARCHIVE = {
  id: 'claims-archive',
  deployment: 'claims-triage',
  /** Net price per day. */
  euroCents: 385,
} as const;

/** The monthly rate of the euro in ten-thousandths of a dollar: 10,842 is $1.0842. */
export const EURO_RATES: Readonly<Record<string, number>> = {
  '2026-07': 10_842,
  '2026-08': 10_917,
  '2026-09': 10_875,
};

/** Nano-dollars of one day. Cents times ten-thousandths of a dollar are micro-dollars. */
export function computeArchiveNano(dayStartMs: number): bigint {
  const rate = EURO_RATES[dayText(dayStartMs).slice(0, 7)] ?? Number.NaN;
  return BigInt(ARCHIVE.euroCents * rate) * 1_000n;
}

/** The invoice as CSV in the German format, with decimal commas. */
export function renderArchiveInvoice(): string {
  const rows = dayStartsIn(DEMO_WINDOW).map((dayMs) => {
    const [year = '', month = '', day = ''] = dayText(dayMs).split('-');
    const amount = scaledDecimal(BigInt(ARCHIVE.euroCents), 2).replace('.', ',');
    return `R-${year}-${month};${day}.${month}.${year};${ARCHIVE.id};${amount} €`;
  });
  return `${['Rechnung;Tag;Posten;Netto', ...rows].join('\n')}\n`;
}

/** The monthly invoices of Lambda, whose API has no bills. */
export function renderLambdaInvoice(fleet: Fleet): string {
  const lines = monthsIn(DEMO_WINDOW).map(({ startMs, endMs }, at) => {
    const micro = findFleetPods('lambda', fleet).reduce(
      (sum, pod) => sum + pod.gpuMicroUsdPerHour * computeRentedHours(pod, startMs, endMs),
      0,
    );
    const amount = scaledDecimal(BigInt(micro), 6);
    const [from, to] = [dayText(startMs), dayText(endMs)];
    return `L-${dayText(startMs).slice(0, 7)}-${at + 1},${to},${from},${to},${amount},USD`;
  });
  return `${['invoice_id,issued,start,end,amount,currency', ...lines].join('\n')}\n`;
}

/** Whether the bills come to what providers and their invoices ask for, and are all there. */

import type { PolicyConfig } from '../config/config.ts';
import { counted } from '../domain/counted.ts';
import type { Finding } from '../domain/finding.ts';
import { gapText, unsettledText } from '../domain/gapText.ts';
import {
  DAY_MS,
  parseQuarter,
  type Period,
  period,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import { reconciled } from '../domain/reconciliation.ts';
import { totalsKeeper } from '../economics/bill/statedTotals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  type BillState,
  billStates,
  unconverted,
  unreconciled,
  waitingInvoices,
} from '../verdict/judge/unreconciled.ts';
import { billSources, knownMs, openGaps, type Watched } from './completeness.ts';

/** Two quarters: whatever day it is, the last finished one is in it. */
const LOOK_BACK_DAYS = 190;

export interface Bills extends Watched {
  readonly ledger: Pick<
    Ledger,
    | 'billFacts'
    | 'eachCharge'
    | 'invoicedMonths'
    | 'lastRecordedMs'
    | 'statedTotals'
    | 'unconvertedCharges'
  >;
  readonly nowMs: number;
}

/** One finding for each month that does not match and each gap; one for all where none is off. */
export async function examineBills(bills: Bills): Promise<Finding[]> {
  return [...(await matching(bills)), ...(await complete(bills))];
}

async function matching(bills: Bills): Promise<Finding[]> {
  const { all, months, window, asOfMs } = await comparedMonths(bills);
  const uncounted = await bills.ledger.unconvertedCharges(window, asOfMs);
  const unknown = [...unconverted(uncounted), ...waitingInvoices(months)];
  const off = [...unknown, ...unreconciled(all)].map(({ sourceId, says, mend }): Finding => {
    return { area: 'bill', subject: sourceId, state: 'warn', says, mend };
  });
  if (all.length === 0 || off.length > 0) return off;
  const says = `${counted(all.length, 'month')} of bills come to what providers ask for`;
  return [{ area: 'bill', state: 'ok', says }];
}

/** The same months, whether they match or not. */
export async function reconciledBills(bills: Compared): Promise<BillState[]> {
  const { all, months } = await comparedMonths(bills);
  return billStates(all, months);
}

interface Compared {
  readonly config: { readonly policy: Pick<PolicyConfig, 'reconciliation'> };
  readonly ledger: Pick<
    Ledger,
    'eachCharge' | 'invoicedMonths' | 'lastRecordedMs' | 'statedTotals'
  >;
  readonly nowMs: number;
}

async function comparedMonths({ config, ledger, nowMs }: Compared) {
  const window = period(nowMs - LOOK_BACK_DAYS * DAY_MS, nowMs);
  const asOfMs = await knownMs(ledger, nowMs);
  const months = await invoicesOver(ledger, window, asOfMs);
  const totals = await comparedTotals(ledger, window, asOfMs);
  const all = reconciled({ months, totals }, config.policy.reconciliation);
  return { all, months, window, asOfMs };
}

/** Also up to where the last quarter's bills are final, for its report may be due by now. */
async function complete(bills: Bills): Promise<Finding[]> {
  const { nowMs, config } = bills;
  const gaps = await openGaps(bills, nowMs);
  const missing = gaps.map((gap): Finding => {
    return { area: 'bill', subject: gap.sourceId, state: 'warn', ...gapText(gap) };
  });
  const { startMonth } = config.fiscal;
  const quarter = parseQuarter('last', nowMs, startMonth);
  const window = quarterPeriod(quarter, startMonth);
  const open = unsettledText({ window, nowMs, sources: billSources(bills) });
  if (open === undefined) return missing;
  return [...missing, { area: 'bill', state: 'ok', says: `of ${quarterText(quarter)} ${open}` }];
}

async function comparedTotals(ledger: Compared['ledger'], window: Period, asOfMs: number) {
  const stated = await ledger.statedTotals(window, asOfMs);
  if (stated.length === 0) return [];
  const keeper = totalsKeeper(stated);
  await ledger.eachCharge(window, asOfMs, (charge) => keeper.add(charge));
  return keeper.close();
}

/** Invoices for time that is over: of other time not all charges can be there. */
export async function invoicesOver(
  ledger: Pick<Ledger, 'invoicedMonths'>,
  window: Period,
  asOfMs: number,
) {
  const months = await ledger.invoicedMonths(window, asOfMs);
  return months.filter(({ spans }) => spans.every(({ endMs }) => endMs <= asOfMs));
}

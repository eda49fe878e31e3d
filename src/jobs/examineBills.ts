/** Whether the bills come to what providers and their invoices ask for. */

import type { Config } from '../config/config.ts';
import { counted } from '../domain/counted.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, type Period, period } from '../domain/period.ts';
import { reconciled } from '../domain/reconciliation.ts';
import { totalsKeeper } from '../economics/bill/statedTotals.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { unreconciled } from '../verdict/judge/unreconciled.ts';

/** Two quarters: whatever day it is, the last finished one is in it. */
const LOOK_BACK_DAYS = 190;

export interface Bills {
  readonly config: { readonly policy: Pick<Config['policy'], 'reconciliation'> };
  readonly ledger: Pick<Ledger, 'asOfNow' | 'eachCharge' | 'invoicedMonths' | 'statedTotals'>;
  readonly nowMs: number;
}

/** One finding for each month that does not match; one for all where there are none. */
export async function examineBills({ config, ledger, nowMs }: Bills): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_DAYS * DAY_MS, nowMs);
  const asOfMs = await ledger.asOfNow(nowMs);
  const months = await invoicesOver(ledger, window, asOfMs);
  const totals = await comparedTotals(ledger, window, asOfMs);
  const all = reconciled({ months, totals }, config.policy.reconciliation);
  const off = unreconciled(all).map(({ sourceId, says, mend }): Finding => {
    return { area: 'bill', subject: sourceId, state: 'warn', says, mend };
  });
  if (all.length === 0 || off.length > 0) return off;
  const says = `${counted(all.length, 'month')} of bills come to what providers ask for`;
  return [{ area: 'bill', state: 'ok', says }];
}

async function comparedTotals(ledger: Bills['ledger'], window: Period, asOfMs: number) {
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

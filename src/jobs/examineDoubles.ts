/** Finds purchases that two sources bill, for `doctor`. */

import type { Config } from '../config/config.ts';
import { findRecordRule } from '../domain/billOfRecord.ts';
import type { Finding } from '../domain/finding.ts';
import { usd, usdText } from '../domain/money.ts';
import { DAY_MS, period } from '../domain/period.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { type BilledThing, doubleBilling } from '../economics/bill/doubleBilling.ts';
import { dayGrid } from '../economics/bill/days.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface DoublesContext {
  readonly config: Pick<Config, 'billOfRecord'>;
  readonly ledger: Pick<Ledger, 'eachCharge' | 'asOfNow'>;
  readonly nowMs: number;
}

/** About two quarters, so that the last finished quarter is always included. */
const LOOK_BACK_MS = 190 * DAY_MS;

/** Returns one finding per pair of sources and category; none if nothing is billed twice. */
export async function examineDoubleBilling({
  config,
  ledger,
  nowMs,
}: DoublesContext): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
  const grid = dayGrid(window);
  const purchases = new Map<string, BilledThing & { readonly byDay: Map<number, bigint> }>();
  await ledger.eachCharge(window, await ledger.asOfNow(nowMs), (charge) => {
    if (findRecordRule(config.billOfRecord ?? [], charge) !== undefined) return;
    const { sourceId, resourceId, category, tags, basis } = charge;
    const key = JSON.stringify([sourceId, resourceId, category, tags]);
    const known = purchases.get(key);
    const purchase = known ?? { sourceId, resourceId, category, tags, basis, byDay: new Map() };
    if (known === undefined) purchases.set(key, purchase);
    for (const [day, nano] of spreadByDay(charge.billed, charge.period, grid)) {
      purchase.byDay.set(day, (purchase.byDay.get(day) ?? 0n) + nano);
    }
  });
  return doubleBilling(purchases.values()).map((found): Finding => {
    const { sourceIds: sources, category, things: twice, days, nanoUsd } = found;
    const where = { area: 'bill', subject: sources.join(' and '), state: 'warn' } as const;
    const details = { code: 'double-billing', sources, category, things: twice, days } as const;
    return { ...where, ...details, usd: usdText(usd(nanoUsd)) };
  });
}

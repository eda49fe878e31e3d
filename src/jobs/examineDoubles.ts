/** Whether two sources bill the same purchase, as findings for the doctor. */

import type { Config } from '../config/config.ts';
import { ruleFor } from '../domain/billOfRecord.ts';
import type { Finding } from '../domain/finding.ts';
import { usd, usdText } from '../domain/money.ts';
import { DAY_MS, period } from '../domain/period.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { type BilledThing, doubleBilling } from '../economics/bill/doubleBilling.ts';
import { dayGrid } from '../economics/bill/days.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface Examined {
  readonly config: Pick<Config, 'billOfRecord'>;
  readonly ledger: Pick<Ledger, 'eachCharge' | 'asOfNow'>;
  readonly nowMs: number;
}

/** Two quarters: whatever day it is, the last finished one is in it. */
const LOOK_BACK_MS = 190 * DAY_MS;

/** One finding for each two sources and category; none where nothing counts twice. */
export async function examineDoubles({ config, ledger, nowMs }: Examined): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
  const grid = dayGrid(window);
  const things = new Map<string, BilledThing & { readonly byDay: Map<number, bigint> }>();
  await ledger.eachCharge(window, await ledger.asOfNow(nowMs), (charge) => {
    if (ruleFor(config.billOfRecord ?? [], charge) !== undefined) return;
    const { sourceId, resourceId, category, tags, basis } = charge;
    const key = JSON.stringify([sourceId, resourceId, category, tags]);
    const known = things.get(key);
    const thing = known ?? { sourceId, resourceId, category, tags, basis, byDay: new Map() };
    if (known === undefined) things.set(key, thing);
    for (const [day, nano] of spreadByDay(charge.billed, charge.period, grid)) {
      thing.byDay.set(day, (thing.byDay.get(day) ?? 0n) + nano);
    }
  });
  return doubleBilling(things.values()).map((found): Finding => {
    const { sourceIds: sources, category, things: twice, days, nanoUsd } = found;
    const where = { area: 'bill', subject: sources.join(' and '), state: 'warn' } as const;
    const of = { code: 'double-billing', sources, category, things: twice, days } as const;
    return { ...where, ...of, usd: usdText(usd(nanoUsd)) };
  });
}

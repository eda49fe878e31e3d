/**
 * Costs that gateways report for hosted models: for an audit, and compared with bills for `doctor`.
 */

import { toDecimal } from '../domain/exact.ts';
import type { Finding } from '../domain/finding.ts';
import { type HostedUsage, MODEL_TAG } from '../domain/hostedUsage.ts';
import { usd, usdText } from '../domain/money.ts';
import { DAY_MS, type Period, period } from '../domain/period.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { dayGrid, dayMsAt } from '../economics/bill/days.ts';
import {
  type BilledModel,
  type GatewayCost,
  type GatewayComparison,
  compareGatewayCosts,
} from '../economics/hosted/secondOpinion.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Returns gateway costs in dollars, for days that begin in the window. */
export function toGatewayCosts(rows: readonly HostedUsage[], window: Period): GatewayCost[] {
  return rows.flatMap(({ sourceId, model, period: { startMs: dayMs }, usd, secondHand }) => {
    const isInside = dayMs >= window.startMs && dayMs < window.endMs;
    if (secondHand !== true || usd === undefined || !isInside) return [];
    return [{ sourceId, model, dayMs, nanoUsd: usd }];
  });
}

interface CostContext {
  readonly ledger: Pick<Ledger, 'asOfNow' | 'eachCharge' | 'hostedUsage'>;
  readonly nowMs: number;
}

/** The last thirty days. */
const LOOK_BACK_DAYS = 30;

/** Returns one finding per gateway and hosted model; none if no gateway reports dollars. */
export async function examineGatewayCosts({ ledger, nowMs }: CostContext): Promise<Finding[]> {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const window = period(today - LOOK_BACK_DAYS * DAY_MS, today + DAY_MS);
  const asOfMs = await ledger.asOfNow(nowMs);
  const reckoned = toGatewayCosts(await ledger.hostedUsage(window, asOfMs), window);
  if (reckoned.length === 0) return [];
  const grid = dayGrid(window);
  const billed: BilledModel[] = [];
  await ledger.eachCharge(window, asOfMs, ({ sourceId, category, tags, ...charge }) => {
    if (category !== 'hosted') return;
    const parts = spreadByDay(charge.billed, charge.period, grid);
    const byDay = new Map(parts.map(([day, nanoUsd]) => [dayMsAt(grid, day), nanoUsd]));
    billed.push({ sourceId, model: tags?.[MODEL_TAG] ?? charge.resourceId, byDay });
  });
  return compareGatewayCosts(reckoned, billed).map(costFinding);
}

function costFinding(opinion: GatewayComparison): Finding {
  const { sourceId, model, billedBy, days, gatewayNanoUsd, billedNanoUsd, difference } = opinion;
  return {
    area: 'bill',
    subject: sourceId,
    state: opinion.isOff ? 'warn' : 'ok',
    code: 'gateway-cost',
    source: sourceId,
    model,
    days,
    gatewayUsd: usdText(usd(gatewayNanoUsd)),
    billedBy,
    ...(billedNanoUsd === undefined ? {} : { billedUsd: usdText(usd(billedNanoUsd)) }),
    ...(difference === undefined ? {} : { difference: toDecimal(difference, 6) }),
    isOff: opinion.isOff,
  };
}

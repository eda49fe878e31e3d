/** What gateways reckon for hosted models, for an audit, and beside the bills for the doctor. */

import { toDecimal } from '../domain/exact.ts';
import type { Finding } from '../domain/finding.ts';
import { type HostedUsage, MODEL_TAG } from '../domain/hostedUsage.ts';
import { DAY_MS, type Period, period } from '../domain/period.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { dayGrid, dayMsAt } from '../economics/bill/days.ts';
import {
  type BilledModel,
  type Reckoned,
  type SecondOpinion,
  secondOpinions,
} from '../economics/hosted/secondOpinion.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Those that a gateway tells in dollars, of days that begin in the window. */
export function reckonedIn(rows: readonly HostedUsage[], window: Period): Reckoned[] {
  return rows.flatMap(({ sourceId, model, period: { startMs: dayMs }, usd, secondHand }) => {
    const isInside = dayMs >= window.startMs && dayMs < window.endMs;
    if (secondHand !== true || usd === undefined || !isInside) return [];
    return [{ sourceId, model, dayMs, nanoUsd: usd }];
  });
}

interface Examined {
  readonly ledger: Pick<Ledger, 'asOfNow' | 'eachCharge' | 'hostedUsage'>;
  readonly nowMs: number;
}

/** The newest thirty days. */
const LOOK_BACK_DAYS = 30;

/** One finding for each gateway and hosted model; none where no gateway tells dollars. */
export async function examineSecondOpinions({ ledger, nowMs }: Examined): Promise<Finding[]> {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const window = period(today - LOOK_BACK_DAYS * DAY_MS, today + DAY_MS);
  const asOfMs = await ledger.asOfNow(nowMs);
  const reckoned = reckonedIn(await ledger.hostedUsage(window, asOfMs), window);
  if (reckoned.length === 0) return [];
  const grid = dayGrid(window);
  const billed: BilledModel[] = [];
  await ledger.eachCharge(window, asOfMs, ({ sourceId, category, tags, ...charge }) => {
    if (category !== 'hosted') return;
    const parts = spreadByDay(charge.billed, charge.period, grid);
    const byDay = new Map(parts.map(([day, nanoUsd]) => [dayMsAt(grid, day), nanoUsd]));
    billed.push({ sourceId, model: tags?.[MODEL_TAG] ?? charge.resourceId, byDay });
  });
  return secondOpinions(reckoned, billed).map(findingOf);
}

function findingOf(opinion: SecondOpinion): Finding {
  const { sourceId, model, billedBy, days, gatewayNanoUsd, billedNanoUsd, difference } = opinion;
  const where = { area: 'bill', subject: sourceId } as const;
  const over = days === 1 ? '1 day' : `${days} days`;
  const said = `${sourceId} computes ${dollars(gatewayNanoUsd)} for ${model} over ${over}`;
  if (billedNanoUsd === undefined) {
    return { ...where, state: 'ok', says: `${said}; no bill names the model on these days` };
  }
  const share = difference === undefined ? '' : ` (${percentText(difference)})`;
  const says = `${said}; ${billedBy.join(' and ')} billed ${dollars(billedNanoUsd)}${share}`;
  if (!opinion.isOff) return { ...where, state: 'ok', says };
  const mend = 'find calls that bypass the gateway, or prices that it lacks; only the bill counts';
  return { ...where, state: 'warn', says, mend };
}

function dollars(nanoUsd: bigint): string {
  return `$${toDecimal({ num: nanoUsd, den: 1_000_000_000n }, 2)}`;
}

/** `-10.0 %`. */
function percentText(share: NonNullable<SecondOpinion['difference']>): string {
  return `${toDecimal({ num: share.num * 100n, den: share.den }, 1)} %`;
}

/**
 * Costs that gateways report for hosted models: for an audit, and compared with bills for `doctor`.
 */

import { daysBefore } from '../calendar/horizons.ts';
import { toDecimal } from '../domain/exact.ts';
import type { Finding } from '../domain/finding.ts';
import { type HostedUsage, MODEL_TAG, rowsStartingIn, type UsageSeries } from '../domain/usage.ts';
import { usd, usdText } from '../domain/money.ts';
import { DAY_MS, HOUR_MS, type Period, period, dayStartMs } from '../domain/period.ts';
import { spreadByDay } from '../economics/bill/accounts.ts';
import { dayGrid, dayMsAt } from '../economics/bill/days.ts';
import {
  type BilledModel,
  compareGatewayCosts,
  type GatewayComparison,
  type GatewayCost,
} from '../economics/hosted/secondOpinion.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Config } from '../config/config.ts';
import type { RequestCount, UsageFacts } from '../domain/usageFacts.ts';
import { compareMeters, computeEscalation } from '../economics/usage/meters.ts';
import { mergeUsage } from '../economics/usage/demand.ts';
import type { DeploymentConfig } from '../config/config.ts';
import type { ExtraUsage } from '../economics/usage/extraFigures.ts';

/** Returns gateway costs in dollars, for days that begin in the window. */
export function toGatewayCosts(rows: readonly HostedUsage[], window: Period): GatewayCost[] {
  return rows.flatMap(({ sourceId, model, period: { startMs: dayMs }, usd, secondHand }) => {
    const isInside = dayMs >= window.startMs && dayMs < window.endMs;
    if (secondHand !== true || usd === undefined || !isInside) return [];
    return [{ sourceId, model, dayMs, nanoUsd: usd }];
  });
}

interface CostContext {
  readonly ledger: Pick<Ledger, 'facts'>;
  readonly nowMs: number;
}

/** The last thirty days. */
const LOOK_BACK_DAYS = 30;

/** Returns one finding per gateway and hosted model; none if no gateway reports dollars. */
export async function examineGatewayCosts({ ledger, nowMs }: CostContext): Promise<Finding[]> {
  const today = dayStartMs(nowMs);
  const window = period(today - LOOK_BACK_DAYS * DAY_MS, today + DAY_MS);
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  const reckoned = toGatewayCosts(await ledger.facts.hostedUsage(window, asOfMs), window);
  if (reckoned.length === 0) return [];
  const grid = dayGrid(window);
  const billed: BilledModel[] = [];
  await ledger.facts.eachCharge(window, asOfMs, ({ sourceId, category, tags, ...charge }) => {
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

interface MeterContext {
  readonly config: Pick<Config, 'deployments'>;
  readonly ledger: Ledger;
  readonly nowMs: number;
}

const METER_DAYS = 30;

/**
 * Returns one finding per deployment with a gateway, and one per deployment with requests that a
 * hosted API answered again.
 */
export async function examineGateways({ config, ledger, nowMs }: MeterContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  const window = daysBefore(nowMs, METER_DAYS);
  const asOfMs = await ledger.facts.asOfNow(nowMs);
  for (const { id, usage, gateway } of config.deployments) {
    const { requestCounts } = await ledger.facts.usageFacts(id, window, asOfMs);
    findings.push(...escalationFindings(id, requestCounts));
    if (gateway === undefined) continue;
    const bySource = await ledger.facts.usage(id, window, asOfMs);
    const series = bySource.get(gateway.source);
    bySource.delete(gateway.source);
    const first = mergeUsage(bySource, usage?.source).series;
    const other = { sourceId: gateway.source, series };
    const compared = compareMeters(first, other, requestCounts);
    findings.push(meterFinding(id, gateway.source, compared));
  }
  return findings;
}

/** Reports requests that were answered twice, because they are paid twice. */
function escalationFindings(subject: string, counts: readonly RequestCount[]): Finding[] {
  const { requests = 0, escalated = 0 } = computeEscalation(counts) ?? {};
  if (escalated === 0) return [];
  const details = { requests, again: escalated, days: METER_DAYS };
  return [{ ...mappingPlace(subject), state: 'warn', code: 'answered-again', ...details }];
}

function meterFinding(
  subject: string,
  source: string,
  compared: ReturnType<typeof compareMeters>,
): Finding {
  const where = { ...mappingPlace(subject), gateway: source };
  if (compared === undefined) {
    return { ...where, state: 'warn', code: 'meters-not-compared', days: METER_DAYS };
  }
  const { usage, gateway, reason, comparedMs } = compared;
  const tokens = { gatewayTokens: gateway.tokens, usageTokens: usage.tokens };
  const details = { code: 'meters-compared', hours: comparedMs / HOUR_MS, ...tokens } as const;
  if (reason === undefined) return { ...where, state: 'ok', ...details };
  return { ...where, state: 'warn', ...details, reason };
}

function mappingPlace(deployment: string) {
  return { area: 'mapping', subject: deployment, deployment } as const;
}

interface Meters {
  readonly window: Period;
  /** All usage that was served, including what no verdict uses, because a gateway counts it too. */
  readonly first: () => UsageSeries;
  readonly second: UsageSeries | undefined;
  readonly facts: UsageFacts;
}

/** Returns how far the gateway agrees with usage; empty without a gateway. */
export function compareGateway(
  { gateway }: DeploymentConfig,
  { window, first, second, facts }: Meters,
): Pick<ExtraUsage, 'meters'> {
  if (gateway === undefined) return {};
  const within = (series: UsageSeries) => rowsStartingIn(series, window.startMs, window.endMs);
  const other = { sourceId: gateway.source, series: second && within(second) };
  const counts = facts.requestCounts.filter(({ period: { startMs } }) => isWithin(window, startMs));
  const meters = compareMeters(within(first()), other, counts);
  return meters === undefined ? {} : { meters };
}

export function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return atMs >= startMs && atMs < endMs;
}

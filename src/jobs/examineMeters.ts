/** Compares the token counts of gateways and engines, for `doctor`. */

import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, HOUR_MS, period } from '../domain/period.ts';
import type { RequestCount } from '../domain/usageFacts.ts';
import { compareMeters, computeEscalation } from '../economics/usage/meters.ts';
import { mergeUsage } from '../economics/usage/mergeUsage.ts';
import type { Ledger } from '../ledger/ledger.ts';

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
  const window = period(nowMs - METER_DAYS * DAY_MS, nowMs);
  const asOfMs = await ledger.asOfNow(nowMs);
  for (const { id, usage, gateway } of config.deployments) {
    const { requestCounts } = await ledger.usageFacts(id, window, asOfMs);
    findings.push(...escalationFindings(id, requestCounts));
    if (gateway === undefined) continue;
    const bySource = await ledger.usage(id, window, asOfMs);
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

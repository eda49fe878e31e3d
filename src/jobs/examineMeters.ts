/** Whether a gateway and the engine behind it tell the same, as findings for the doctor. */

import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, HOUR_MS, period } from '../domain/period.ts';
import type { RequestCount } from '../domain/usageFacts.ts';
import { compareMeters, escalationOf } from '../economics/usage/meters.ts';
import { mergeUsage } from '../economics/usage/mergeUsage.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface Examined {
  readonly config: Pick<Config, 'deployments'>;
  readonly ledger: Ledger;
  readonly nowMs: number;
}

const LOOK_BACK_DAYS = 30;

/** One finding for each deployment that has a gateway, and each that hosted APIs answer for. */
export async function examineMeters({ config, ledger, nowMs }: Examined): Promise<Finding[]> {
  const findings: Finding[] = [];
  const window = period(nowMs - LOOK_BACK_DAYS * DAY_MS, nowMs);
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
    findings.push(findingOf(id, gateway.source, compared));
  }
  return findings;
}

/** Said where any was: what is answered twice is paid twice. */
function escalationFindings(subject: string, counts: readonly RequestCount[]): Finding[] {
  const { requests = 0, escalated = 0 } = escalationOf(counts) ?? {};
  if (escalated === 0) return [];
  const of = { requests, again: escalated, days: LOOK_BACK_DAYS };
  return [{ ...placeOf(subject), state: 'warn', code: 'answered-again', ...of }];
}

function findingOf(
  subject: string,
  source: string,
  compared: ReturnType<typeof compareMeters>,
): Finding {
  const where = { ...placeOf(subject), gateway: source };
  if (compared === undefined) {
    return { ...where, state: 'warn', code: 'meters-not-compared', days: LOOK_BACK_DAYS };
  }
  const { usage, gateway, reason, comparedMs } = compared;
  const tokens = { gatewayTokens: gateway.tokens, usageTokens: usage.tokens };
  const told = { code: 'meters-compared', hours: comparedMs / HOUR_MS, ...tokens } as const;
  if (reason === undefined) return { ...where, state: 'ok', ...told };
  return { ...where, state: 'warn', ...told, reason };
}

function placeOf(deployment: string) {
  return { area: 'mapping', subject: deployment, deployment } as const;
}

/** Whether a gateway and the engine behind it tell the same, as findings for the doctor. */

import type { Config } from '../config/config.ts';
import type { Finding } from '../domain/finding.ts';
import { counted } from '../domain/counted.ts';
import { DAY_MS, period } from '../domain/period.ts';
import type { RequestCount } from '../domain/usageFacts.ts';
import { compareMeters, escalationOf, type MeterReason } from '../economics/usage/meters.ts';
import { mergeUsage } from '../economics/usage/mergeUsage.ts';
import type { Ledger } from '../ledger/ledger.ts';

interface Examined {
  readonly config: Pick<Config, 'deployments'>;
  readonly ledger: Ledger;
  readonly nowMs: number;
}

/** The newest thirty days. */
const LOOK_BACK_MS = 30 * DAY_MS;

const MENDS: Readonly<Record<MeterReason, string>> = {
  'not-through-gateway': 'find who calls the engine without the gateway, or sum up its retries',
  'gateway-cache': 'leave answers from the gateway’s cache out of its sums',
  'failed-requests': 'expect it: the engine counts prompts of requests that failed later',
  'streams-without-usage': 'let streams tell their usage: stream_options.include_usage',
  'prompt-counting': 'compare cached tokens and the tokenizer of both',
  'not-told': 'compare the match of usage and gateway in rentcheck.yaml',
};

/** One finding for each deployment that has a gateway, and each that hosted APIs answer for. */
export async function examineMeters({ config, ledger, nowMs }: Examined): Promise<Finding[]> {
  const findings: Finding[] = [];
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
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
  const of = `${escalated.toLocaleString('en-US')} of ${counted(requests, 'request')}`;
  const says = `hosted APIs answered ${of} of the last 30 days again`;
  const mend = 'find why: what is answered twice is paid twice';
  return [{ area: 'mapping', subject, state: 'warn', says, mend }];
}

function findingOf(
  subject: string,
  source: string,
  compared: ReturnType<typeof compareMeters>,
): Finding {
  const where = { area: 'mapping', subject } as const;
  if (compared === undefined) {
    const says = `usage and ${source} tell no common time of the last 30 days`;
    return { ...where, state: 'warn', says, mend: 'pull both, and check both matches' };
  }
  const { usage, gateway, reason, comparedMs } = compared;
  const days = (comparedMs / DAY_MS).toFixed(1);
  const tokens = `${gateway.tokens.toLocaleString('en-US')} tokens`;
  const ours = usage.tokens.toLocaleString('en-US');
  const says = `over ${days} days ${source} tells ${tokens}, and usage ${ours}`;
  if (reason === undefined) return { ...where, state: 'ok', says };
  return { ...where, state: 'warn', says, mend: MENDS[reason] };
}

/** Prints the hosted side of one deployment. */

import { multiply, toDecimal } from '../../domain/exact.ts';
import { usdPerMtok } from '../../domain/money.ts';
import { dayText, instantText } from '../../domain/period.ts';
import type { ConsideredHost, HostParity } from '../../economics/hosted/consideredHost.ts';
import { rateLimitShare } from '../../economics/hosted/rateLimit.ts';
import type { DeploymentEconomics, HostedEconomics } from '../../economics/result.ts';
import type { AuditHosted, AuditHostParity } from '../auditHosted.ts';
import { toMicroUsd, microUsdText, moneyText, ratioText, roundTogether } from './printed.ts';
import type { AuditSentences } from './sentences.ts';

/** Null if bill or usage is unknown: unknown tokens must not read as a hosted cost of $0. */
export function printHosted(
  { hosted, served, lacks }: DeploymentEconomics,
  sentences: AuditSentences,
): AuditHosted | null {
  const { chosen, cheapest, medianUsd, parity } = hosted;
  if (lacks !== undefined) return null;
  if (chosen?.usd === undefined || cheapest?.usd === undefined || medianUsd === undefined) {
    return null;
  }
  return {
    host: chosen.host,
    costUsd: microUsdText(toMicroUsd(chosen.usd)),
    usdPerMtok: ratioText(usdPerMtok(chosen.usd, served.tokens)),
    cheapestUsd: microUsdText(toMicroUsd(cheapest.usd)),
    medianUsd: microUsdText(toMicroUsd(medianUsd)),
    considered: hosted.considered.map((each) => consideredOf(each, sentences)),
    ...linesOf(hosted),
    sellers: hosted.sellers,
    soldBy: hosted.soldBy,
    ...(parity === undefined ? {} : { parity: parityOf(parity) }),
    ...retiredOf(hosted),
    ...secondHandOf(hosted),
    ...doubtsOf(hosted),
    ...rateLimitOf(hosted),
  };
}

function consideredOf(
  { host, model, quantization, usd: cost, reason }: ConsideredHost,
  { hostLack }: AuditSentences,
) {
  const facts = { host, model, quantization, costUsd: moneyText(cost) };
  if (reason === undefined) return { ...facts, reason: null };
  return { ...facts, reason: hostLack(reason), reasonDetail: reason };
}

/** Rounded together, so tokens + requests - discount + fee equal the printed cost. */
function linesOf({ lines, chosen }: HostedEconomics): Pick<AuditHosted, 'lines'> {
  if (lines === undefined || chosen?.usd === undefined) return {};
  const discount = toMicroUsd(lines.batchDiscountUsd);
  const [tokens = 0n, requests = 0n, fee = 0n] = roundTogether(
    [lines.tokensUsd, lines.requestsUsd, lines.feeUsd],
    toMicroUsd(chosen.usd) + discount,
  );
  return {
    lines: {
      tokensUsd: microUsdText(tokens),
      requestsUsd: microUsdText(requests),
      batchDiscountUsd: microUsdText(discount),
      feeUsd: microUsdText(fee),
    },
  };
}

function parityOf({ healthyShare, uptime, watchedShare, ...known }: HostParity): AuditHostParity {
  const share = ratioText(healthyShare);
  const up = ratioText(uptime);
  return {
    ...known,
    watchedShare: ratioText(watchedShare) ?? '',
    ...(share === null ? {} : { healthyShare: share }),
    ...(up === null ? {} : { uptime: up }),
  };
}

function retiredOf({ retired }: HostedEconomics): Pick<AuditHosted, 'retired'> {
  if (retired.length === 0) return {};
  return {
    retired: retired.map(({ host, sinceMs }) => ({ host, since: instantText(sinceMs) })),
  };
}

function secondHandOf({ hearsay }: HostedEconomics): Pick<AuditHosted, 'secondHand'> {
  if (hearsay === undefined) return {};
  const { tokenShare, untilMs } = hearsay;
  return { secondHand: { tokenShare: toDecimal(tokenShare, 6), until: dayText(untilMs) } };
}

function doubtsOf({ doubts = [] }: HostedEconomics): Pick<AuditHosted, 'doubts'> {
  if (doubts.length === 0) return {};
  return {
    doubts: doubts.map(({ code, startMs, endMs, lessUsd, moreUsd }) => ({
      code,
      ...(startMs === undefined ? {} : { start: instantText(startMs) }),
      ...(endMs === undefined ? {} : { end: instantText(endMs) }),
      lessUsd: microUsdText(toMicroUsd(lessUsd)),
      moreUsd: microUsdText(toMicroUsd(moreUsd)),
    })),
  };
}

/** Shares of the chosen provider's limits. They are lower bounds. */
function rateLimitOf({ peak, limit, tokenRatio }: HostedEconomics): Pick<AuditHosted, 'rateLimit'> {
  if (peak === undefined || limit === undefined || tokenRatio === undefined) return {};
  const { requestsPerMinute, tokensPerMinute } = limit;
  const tokens = multiply(peak.tokens, tokenRatio);
  return {
    rateLimit: {
      p99TokensPerMinute: toDecimal(tokens, 6),
      p99RequestsPerMinute: ratioText(peak.requests),
      tokensPerMinute: tokensPerMinute ?? null,
      requestsPerMinute: requestsPerMinute ?? null,
      takenTokensShare: ratioText(rateLimitShare(tokensPerMinute, tokens)),
      takenRequestsShare: ratioText(rateLimitShare(requestsPerMinute, peak.requests)),
    },
  };
}

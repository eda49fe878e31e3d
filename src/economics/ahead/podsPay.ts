/** The number of tokens from which self-hosting pays off. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  multiply,
  ONE,
  subtract,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { MONTH_DAYS } from './stackAhead.ts';

export interface PodsPayTerms {
  /** Dollars a month of one pod that always runs. */
  readonly podUsd: Exact;
  /** People's time a month on own machines, less that with a host. */
  readonly laborUsd: Exact;
  readonly hostedUsdPerToken: Exact;
  /** Tokens a month for which one pod is enough, its peak hour included. */
  readonly podTokens: Exact;
}

export interface PodsPay {
  readonly tokensPerDay: Exact;
  readonly pods: number;
}

/**
 * The fewest tokens a day at which pods sized for their peak cost no more than a host; `undefined`
 * where a host is cheaper than even full pods and their people. n pods and people cost n x pod +
 * labor; the first n whose full load a host would charge more for holds the answer, (n x pod +
 * labor) / hosted price. A pod of $1,080 against $0.50 per Mtok: 72,000,000 tokens a day.
 */
export function podsPay(terms: PodsPayTerms): PodsPay | undefined {
  const { podUsd, laborUsd, hostedUsdPerToken, podTokens } = terms;
  const gainOfPod = subtract(multiply(hostedUsdPerToken, podTokens), podUsd);
  if (hostedUsdPerToken.num <= 0n) return undefined;
  // What one pod cannot earn, more of them can, if each gains at all.
  const isOneEnough = compare(gainOfPod, laborUsd) >= 0;
  if (!isOneEnough && gainOfPod.num <= 0n) return undefined;
  const needed = isOneEnough ? ONE : divide(laborUsd, gainOfPod);
  const whole = toInteger(needed, 'ceiling');
  const pods = exact(whole < 1n ? 1n : whole);
  const usd = add(multiply(pods, podUsd), laborUsd);
  const tokens = divide(usd.num < 0n ? ZERO : usd, hostedUsdPerToken);
  return {
    tokensPerDay: divide(tokens, exact(BigInt(MONTH_DAYS))),
    pods: Number(pods.num),
  };
}

/** Computes the load from which self-hosting is cheaper than a hosted API. */

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
import { MONTH_DAYS } from './plannedInput.ts';

export interface BreakEvenLoadTerms {
  /** Dollars per month of one always-on replica. */
  readonly podUsd: Exact;
  /** Monthly engineering cost of self-hosting, minus that of hosted APIs. */
  readonly laborUsd: Exact;
  readonly hostedUsdPerToken: Exact;
  /** Tokens per month that one replica can serve, including the peak hour. */
  readonly podTokens: Exact;
}

export interface BreakEvenLoad {
  readonly tokensPerDay: Exact;
  readonly pods: number;
}

/**
 * The fewest tokens per day at which replicas sized for their peak cost no more than a hosted API.
 * `undefined` if the API is cheaper than even fully loaded replicas with their engineering time. n
 * replicas cost n x pod + labor. The answer is (n x pod + labor) / hosted price, for the first n
 * whose full load would cost more at the API. A pod of $1,080 against $0.50 per Mtok: 72,000,000
 * tokens per day.
 */
export function findBreakEvenLoad(terms: BreakEvenLoadTerms): BreakEvenLoad | undefined {
  const { podUsd, laborUsd, hostedUsdPerToken, podTokens } = terms;
  const podGain = subtract(multiply(hostedUsdPerToken, podTokens), podUsd);
  if (hostedUsdPerToken.num <= 0n) return undefined;
  // If one replica does not cover the engineering time, several may, as long as each saves money.
  const isOneEnough = compare(podGain, laborUsd) >= 0;
  if (!isOneEnough && podGain.num <= 0n) return undefined;
  const needed = isOneEnough ? ONE : divide(laborUsd, podGain);
  const whole = toInteger(needed, 'ceiling');
  const pods = exact(whole < 1n ? 1n : whole);
  const usd = add(multiply(pods, podUsd), laborUsd);
  const tokens = divide(usd.num < 0n ? ZERO : usd, hostedUsdPerToken);
  return {
    tokensPerDay: divide(tokens, exact(BigInt(MONTH_DAYS))),
    pods: Number(pods.num),
  };
}

/** Renders why an override or a plan cannot be computed, as a failure with a hint. */

import { exactDollarText } from '../../domain/figures.ts';
import { toDecimal } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { dayText } from '../../domain/period.ts';
import { type OverrideRefusal, OverrideRefused } from '../../economics/whatIf/overrides.ts';

/**
 * Runs a computation, and converts a refused override to a failure.
 *
 * @throws {Failure} `usage` for an override that cannot be computed.
 */
export function withRefusalsInWords<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    throw error instanceof OverrideRefused ? refusalFailure(error.refusal) : error;
  }
}

function refusalFailure(refusal: OverrideRefusal): Failure {
  switch (refusal.code) {
    case 'two-loads':
      return new Failure('usage', 'utilization and tokens per day cannot be changed together', {
        expected: 'one of them; the other follows from it',
        hint: 'use either --utilization or --tokens-per-day',
      });
    case 'unknown-deployment':
      return new Failure('usage', `unknown deployment "${refusal.deployment}"`, {
        expected: `one of ${refusal.known.join(', ')}`,
        hint: 'name a deployment from the configuration',
      });
    case 'no-gpu-hours':
      return unknownToday('the price of a GPU-hour', 'no GPU-hours were paid for');
    case 'no-known-capacity':
      return unknownToday(
        'the load',
        'no tokens were served at a known capacity; set one with --capacity',
      );
    case 'no-hosted-price':
      return unknownToday('the hosted price', 'no hosted price is eligible today');
    case 'price-fixed':
      return priceFixed(refusal);
    case 'above-capacity': {
      const times = toDecimal(refusal.share, 2);
      return new Failure(
        'usage',
        `"${refusal.deployment}" would need ${times} times its capacity`,
        {
          expected: 'no more tokens than the paid replicas can serve',
          hint: 'use fewer tokens, or set a higher --capacity',
        },
      );
    }
    case 'too-many-replicas': {
      const { gpu, replicas, most } = refusal;
      const needed = `the peak hour would need ${replicas.toPrecision(3)} replicas on ${gpu}`;
      return new Failure('usage', needed, {
        expected: `at most ${most.toLocaleString('en-US')} replicas`,
        hint: 'lower --tokens-per-day, or set a higher --capacity per replica',
      });
    }
  }
}

function unknownToday(what: string, why: string): Failure {
  return new Failure('usage', `cannot change ${what}: ${why}`, {
    expected: 'a figure that is known today',
    hint: 'change another input, or add the missing facts to the ledger first',
  });
}

function priceFixed({
  leastUsd,
  untilMs,
}: Extract<OverrideRefusal, { code: 'price-fixed' }>): Failure {
  const until = untilMs === undefined ? 'the reserved capacity ends' : dayText(untilMs - 1);
  return new Failure('usage', 'a contract fixes the price of these GPUs', {
    expected: `${exactDollarText(leastUsd)} per GPU-hour or more until ${until}`,
    hint: 'change only the prices that no contract fixes, by a share, e.g. --gpu-rate -30%',
  });
}

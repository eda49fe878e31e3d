/** The audit of forty deployments, with more of everything than a mail has room for. */

import type { Audit } from '../../src/verdict/audit.ts';
import {
  A_COMMITMENT,
  aBreakEven,
  MIXED_BREAK_EVENS,
  MIXED_BACKTEST,
  MIXED_FORECAST,
  MIXED_SENSITIVITY,
} from './auditDecisions.ts';
import { aDeployment, anAudit } from './auditFixture.ts';

/** Forty deployments with long names. */
export function crowdedAudit(): Audit {
  return anAudit({
    deployments: Array.from({ length: 40 }, (_, index) =>
      aDeployment({
        id: crowdedId(index),
        verdict: index % 3 === 0 ? 'delete' : 'keep',
        spend: 1000 + index * 731.37,
        savings: {
          delete: index % 3 === 0 ? 900 + index : -400,
          hybrid: 10,
          serverless: 20,
          move: -30,
          spot: 40,
          'right-size': -50,
        },
        reasons: [
          `hosted costs ${30 + index}% of the rent at any number of replicas, whatever the load`,
        ],
        warnings: ['capacity was raised to the highest throughput seen'],
        flips: [aBreakEven('utilization', '0.230000', '0.690000')],
      }),
    ),
    sensitivity: [...MIXED_SENSITIVITY, ...MIXED_SENSITIVITY, ...MIXED_SENSITIVITY],
    stack: crowdedStack(),
  });
}

/** Fourteen deletions with a step each, and more of everything than a mail has room for. */
function crowdedStack(): Partial<Audit['stack']> {
  const ids = Array.from({ length: 40 }, (_, at) => crowdedId(at));
  const months = Array.from({ length: 12 }, (_, at) => ({
    month: `2027-${String(at + 1).padStart(2, '0')}`,
    usd: '1000.000000',
  }));
  return {
    flips: MIXED_BREAK_EVENS,
    steps: ids.flatMap((id, at) =>
      at % 3 > 0
        ? []
        : [
            {
              deployment: id,
              action: 'delete',
              text: `Turn ${id} off and send its tokens to deepinfra/fp8`,
              savingUsd: `${900 + at}.000000`,
              by: '2026-10-31',
            },
          ],
    ),
    outlook: {
      ...MIXED_FORECAST,
      deployments: ids.map((id) => ({
        id,
        tokensPerWeek: '0.010000',
        hostedPricePerWeek: '0.000000',
        flipsOn: '2027-03-01',
      })),
    },
    lookBack: {
      ...MIXED_BACKTEST,
      advice: ids.flatMap((deployment) =>
        MIXED_BACKTEST.advice.slice(1, 2).map((advice) => ({ ...advice, deployment })),
      ),
    },
    commitments: ids.map((source) => ({
      ...A_COMMITMENT,
      source,
      until: '2027-12-31',
      owedUsd: '3000.000000',
      months,
      shares: ids.map((deployment) => ({ deployment, usd: '75.000000' })),
    })),
    reentryUsd: '12000.000000',
  };
}

function crowdedId(index: number): string {
  return `team-${String(index).padStart(2, '0')}-summarization-and-search`;
}

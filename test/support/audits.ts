/** The audits that reports are tested with: mixed, kept, without evidence, hostile. */

import type { Audit } from '../../src/verdict/audit.ts';
import {
  aBreakEven,
  A_COMMITMENT,
  MIXED_COMMITMENTS,
  MIXED_BREAK_EVENS,
  MIXED_BACKTEST,
  MIXED_FORECAST,
  MIXED_SENSITIVITY,
  MIXED_STEPS,
  MIXED_STACK_OPTIONS,
} from './auditDecisions.ts';
import { aDeployment, anAudit } from './auditFixture.ts';

/** Four deployments: one idle, one bursty, one busy, and one that must stay. */
export function mixedAudit(): Audit {
  return anAudit({
    sensitivity: MIXED_SENSITIVITY,
    deployments: [
      aDeployment({
        spend: 54_120.48,
        savings: {
          delete: 30_214.11,
          hybrid: 21_500,
          serverless: 24_100,
          move: 9_400,
          spot: 27_000,
          'right-size': 11_200,
        },
        flips: [aBreakEven('hosted $/Mtok', '0.170758', '0.386575')],
        reasons: ['hosted costs 44% of the rent at any number of replicas'],
      }),
      aDeployment({
        id: 'bursty-code-32b',
        model: 'Qwen/Qwen2.5-Coder-32B-Instruct',
        verdict: 'hybrid',
        spend: 31_400,
        tokens: 61_200_000_000,
        savings: { delete: 4_100, hybrid: 12_199.5, move: null, spot: null },
        utilization: '0.310000',
        reasons: ['one replica holds the base load; the peaks are 7% of the hours'],
      }),
      aDeployment({
        id: 'busy-8b',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        verdict: 'keep',
        spend: 22_080,
        tokens: 1_050_000_000_000,
        savings: { delete: -35_700, hybrid: -2_200 },
        flips: [aBreakEven('hosted $/Mtok', '0.055029', '0.021028')],
        utilization: '0.810000',
        capacityBasis: 'observed (a lower bound)',
        capacityEvidence: null,
        fullCapacityUsd: '17884.800000',
        underfilledUsd: '3200.000000',
        idleUsd: '995.200000',
        reasons: ['no option costs less than keeping it'],
        warnings: ['capacity was raised to the highest throughput seen'],
      }),
      aDeployment({
        id: 'records-70b',
        model: 'meta-llama/Llama-3.3-70B-Instruct',
        verdict: 'keep (required)',
        spend: 19_872,
        tokens: 9_300_000_000,
        savings: { delete: 16_400 },
        utilization: '0.040000',
        waiver: {
          reason: 'data residency',
          owner: 'legal',
          worthUsdPerQuarter: '5000.000000',
          expires: '2026-12-31',
          expired: false,
        },
        reasons: ['a waiver keeps it: data residency'],
      }),
    ],
    stack: {
      savingUsd: { base: '41213.610000', low: '12364.083000', high: '61900.400000' },
      withoutLabor: { verdict: 'delete', savingUsd: '39600.000000', probability: '0.931500' },
      requiredCostUsd: '16400.000000',
      confidence: 'medium',
      reasons: ['99% of the paid hours are covered and every price was in force'],
      flips: MIXED_BREAK_EVENS,
      hangsOn:
        'The answer hangs on labor and cache hits, at their worst ends together: there the ' +
        'change costs $2,400 more than keeping.',
      steps: MIXED_STEPS,
      outlook: MIXED_FORECAST,
      lookBack: MIXED_BACKTEST,
      commitments: MIXED_COMMITMENTS,
      reentryUsd: '12000.000000',
      options: MIXED_STACK_OPTIONS,
    },
    totals: {
      spendUsd: '128712.480000',
      billedUsd: '128712.480000',
      unattributedUsd: '1240.000000',
      unattributedShare: '0.009634',
      taxUsd: '310.000000',
      uncoveredUsd: '870.250000',
    },
  });
}

/** One deployment that is worth its GPU cost. */
export function keptAudit(): Audit {
  return anAudit({
    deployments: [
      aDeployment({
        id: 'busy-8b',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        verdict: 'keep',
        spend: 6_624,
        tokens: 310_000_000_000,
        savings: { delete: -8_212.4, hybrid: -640, 'right-size': -12.5, spot: 1_900 },
        flips: [
          aBreakEven('ops hours', '135.000000', '141.400000'),
          aBreakEven('hosted $/Mtok', '0.047859', '0.021368'),
        ],
        utilization: '0.780000',
        fullCapacityUsd: '5166.720000',
        underfilledUsd: '1200.000000',
        idleUsd: '257.280000',
        reasons: ['no option costs less than keeping it'],
      }),
    ],
    stack: {
      savingUsd: { base: '0.000000', low: '0.000000', high: '0.000000' },
      outlook: {
        ...MIXED_FORECAST,
        asLast: { base: '0.000000', low: '0.000000', high: '0.000000' },
        withTrend: null,
        flipsOn: null,
        deployments: [
          { id: 'busy-8b', tokensPerWeek: null, hostedPricePerWeek: null, flipsOn: null },
        ],
        scenarios: [
          {
            name: 'GPU rate +40%',
            savingUsd: '0.000000',
            bestSavingUsd: '1420.000000',
            afterContracts: null,
          },
        ],
      },
    },
  });
}

/** Usage for half of the hours, no hosted price, and part of the bill unattributed. */
export function unprovenAudit(): Audit {
  return anAudit({
    deployments: [
      aDeployment({
        verdict: 'not enough evidence',
        coverage: '0.520000',
        hosted: null,
        savings: { delete: null },
        utilization: null,
        fullCapacityUsd: null,
        underfilledUsd: null,
        idleUsd: null,
        breakEven: {
          tokens: null,
          tokensPerDay: null,
          utilization: null,
          note: null,
          hostedUsdPerMtok: null,
          gpuUsdPerHour: null,
          gpuContract: null,
          opsHours: null,
          cacheShare: null,
        },
      }),
    ],
    stack: {
      verdict: 'not enough evidence',
      withoutLabor: { verdict: 'not enough evidence', savingUsd: null, probability: null },
      probability: null,
      standing: 'keep',
      savingUsd: { base: null, low: null, high: null },
      bestPlanUsd: null,
      confidence: 'none',
      reasons: ['usage covers 52% of the paid replica-hours; 90% are needed'],
      missing: [
        'usage of chat-70b from 2026-08-15 to 2026-09-30: pull it or import it',
        'a hosted price of meta-llama/Llama-3.3-70B-Instruct: import prices',
      ],
    },
    totals: {
      spendUsd: '61500.000000',
      billedUsd: '61500.000000',
      unattributedUsd: '7500.000000',
      unattributedShare: '0.121951',
      uncoveredUsd: '25920.000000',
      hostedUsdPerMtok: null,
      coverage: '0.520000',
    },
  });
}

/** Names as an attacker who may name a pod would choose them. */
export function hostileAudit(): Audit {
  return anAudit({
    deployments: [
      aDeployment({
        id: '<script>alert(1)</script>{{headline}}',
        model: '"><img src=http://evil.example/x.png onerror=alert(1)>',
      }),
      aDeployment({
        id: `long-${'x'.repeat(500)}`,
        model: 'a\r\nBcc: victim@example.com',
        verdict: 'keep',
        savings: { delete: -1 },
      }),
      aDeployment({
        id: '\u202egnp.exe\u2066\u200b',
        model: "o'brien & sons </td></table>",
        verdict: 'keep',
        savings: { delete: -2 },
        warnings: ['<b>{{why}}</b> & "quotes"'],
        waiver: {
          reason: '</div><style>*{display:none}</style>',
          owner: '=cmd|calc',
          worthUsdPerQuarter: null,
          expires: null,
          expired: true,
        },
      }),
      aDeployment({
        id: '\u6a21\u578b \ud83d\ude80',
        model: '',
        verdict: 'keep',
        savings: { delete: -3 },
      }),
    ],
    sensitivity: [
      {
        input: '</table>{{x}}',
        low: '<b>',
        base: '1',
        high: 'a\r\nb',
        savingAtLowUsd: '-1.000000',
        savingAtHighUsd: '2.000000',
      },
    ],
    stack: {
      reasons: ['pod "<img src=x>" has {{no}} usage\nin July'],
      missing: ['map "</title>" to a deployment'],
      hangsOn: 'it hangs on </ul>{{why}}\u202e',
      flips: [
        aBreakEven('<i>price</i> of {{x}}', '1.000000', '2.000000'),
        aBreakEven('constructor', '0', '1'),
      ],
      steps: [
        {
          deployment: '<script>alert(1)</script>{{headline}}',
          action: 'delete',
          text: 'turn off </td></tr>{{steps}}\r\nBcc: victim@example.com',
          savingUsd: '30000.000000',
          by: '</b>',
        },
        {
          deployment: null,
          action: 'renew-waiver',
          text: 'not shown',
          detail: {
            code: 'renew-waiver',
            deployment: '<script>alert(2)</script>{{headline}}',
            owner: '</td></tr>{{steps}}\r\nBcc: victim@example.com',
            reason: 'as \u202eit is, by {{law}}',
            expires: '2026-12-31',
            expired: false,
          },
          savingUsd: '0.000000',
          by: '2026-12-31',
        },
      ],
      commitments: [
        {
          ...A_COMMITMENT,
          source: '<b>\u202e{{x}}',
          until: '<i>',
          owedUsd: '1.000000',
          months: [],
          shares: [],
        },
      ],
      reentryUsd: '5.000000',
    },
  });
}

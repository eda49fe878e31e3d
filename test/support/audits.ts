/** Knows the audits by which the report is judged: mixed, kept, not evident, hostile. */

import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from './auditFixture.ts';

/** Four deployments: one idle, one bursty, one busy, one that must stay. */
export function mixedAudit(): Audit {
  return anAudit({
    deployments: [
      aDeployment({
        spend: 54_120.48,
        savings: { delete: 30_214.11, hybrid: 21_500 },
        reasons: ['hosted costs 44 % of the rent at any number of replicas'],
      }),
      aDeployment({
        id: 'bursty-code-32b',
        model: 'Qwen/Qwen2.5-Coder-32B-Instruct',
        verdict: 'hybrid',
        spend: 31_400,
        tokens: 61_200_000_000,
        savings: { delete: 4_100, hybrid: 9_876.5 },
        utilization: '0.310000',
        reasons: ['one replica holds the base load; the peaks are 7 % of the hours'],
      }),
      aDeployment({
        id: 'busy-8b',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        verdict: 'keep',
        spend: 22_080,
        tokens: 1_050_000_000_000,
        savings: { delete: -35_700, hybrid: -2_200 },
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
      savingUsd: { base: '41213.610000', low: null, high: null },
      withoutLabor: { verdict: 'delete', savingUsd: '39600.000000' },
      requiredCostUsd: '16400.000000',
      confidence: 'medium',
      reasons: ['99 % of the paid hours are covered and every price was in force'],
      flips: [
        { input: 'hosted price of chat-70b, USD/Mtok', today: '0.170758', flipsAt: '0.386575' },
      ],
    },
    totals: {
      spendUsd: '128712.480000',
      unattributedUsd: '1240.000000',
      unattributedShare: '0.009634',
      taxUsd: '310.000000',
      uncoveredUsd: '870.250000',
    },
  });
}

/** One deployment that earns its rent. */
export function keptAudit(): Audit {
  return anAudit({
    deployments: [
      aDeployment({
        id: 'busy-8b',
        model: 'meta-llama/Llama-3.1-8B-Instruct',
        verdict: 'keep',
        spend: 6_624,
        tokens: 310_000_000_000,
        savings: { delete: -8_212.4, hybrid: -640 },
        utilization: '0.780000',
        fullCapacityUsd: '5166.720000',
        underfilledUsd: '1200.000000',
        idleUsd: '257.280000',
        reasons: ['no option costs less than keeping it'],
      }),
    ],
    stack: { savingUsd: { base: '0.000000', low: null, high: null } },
  });
}

/** Usage for half of the hours, no hosted price, part of the bill unclaimed. */
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
          opsHours: null,
        },
      }),
    ],
    stack: {
      verdict: 'not enough evidence',
      withoutLabor: { verdict: 'not enough evidence', savingUsd: null },
      savingUsd: { base: null, low: null, high: null },
      bestPlanUsd: null,
      confidence: 'none',
      reasons: ['usage covers 52 % of the paid replica-hours; 90 % are needed'],
      missing: [
        'usage of chat-70b from 2026-08-15 to 2026-09-30: pull it or import it',
        'a hosted price of meta-llama/Llama-3.3-70B-Instruct: import prices',
      ],
    },
    totals: {
      spendUsd: '61500.000000',
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
    stack: {
      reasons: ['pod "<img src=x>" has {{no}} usage\nin July'],
      missing: ['map "</title>" to a deployment'],
    },
  });
}

/** Forty deployments with long names. */
export function crowdedAudit(): Audit {
  return anAudit({
    deployments: Array.from({ length: 40 }, (_, index) =>
      aDeployment({
        id: `team-${String(index).padStart(2, '0')}-summarization-and-search`,
        verdict: index % 3 === 0 ? 'delete' : 'keep',
        spend: 1000 + index * 731.37,
        savings: { delete: index % 3 === 0 ? 900 + index : -400, hybrid: 10 },
        reasons: [
          `hosted costs ${30 + index} % of the rent at any number of replicas, whatever the load`,
        ],
        warnings: ['capacity was raised to the highest throughput seen'],
        flips: [{ input: 'utilization', today: '0.230000', flipsAt: '0.690000' }],
      }),
    ),
  });
}

/**
 * An audit to store: two days and two deployments. Every optional field is set once and left out
 * once.
 */

import { DAY_MS } from '../../src/domain/period.ts';
import type { AuditRecord } from '../../src/ledger/audits.ts';
import { JULY, JULY_1 } from './ledgerFixture.ts';

const second = JULY_1 + DAY_MS;

export function auditRecord(overrides: Partial<AuditRecord> = {}): AuditRecord {
  return {
    runId: 'run-1',
    quarter: '2026-Q3',
    window: JULY,
    asOfMs: JULY.endMs,
    computedAtMs: JULY.endMs + 1,
    inputsDigest: 'd1',
    codeVersion: '0.1.0',
    partial: true,
    auditJson: '{"schema":"rentcheck/audit/1"}',
    detailJson: '{}',
    stack: {
      verdict: 'delete',
      spendNanoUsd: 6_000_000_000n,
      unattributedNanoUsd: 1_500n,
      tokens: 15_600_000,
      coverage: 1,
      effectiveUsdPerMtok: 0.384615,
      probability: 0.95,
      lowNanoUsd: -2_000_000_000n,
      highNanoUsd: 9_007_199_254_740_995n,
      keepNanoUsd: 6_000_000_500n,
      planNanoUsd: 2_125_825_000n,
    },
    deployments: [
      {
        deployment: 'z-first',
        model: 'llama',
        verdict: 'delete',
        tokens: 15_600_000,
        spendNanoUsd: 9_007_199_254_740_993n,
        utilization: 0.361111,
        busyFraction: 0.541667,
        host: 'host-a',
        hostedNanoUsd: 2_125_825_000n,
        savingNanoUsd: -1n,
        coverage: 0.5,
        leaning: 'hybrid',
        lowNanoUsd: -9_007_199_254_740_995n,
        highNanoUsd: 5n,
      },
      { deployment: 'a', model: 'm', verdict: 'keep', spendNanoUsd: 0n, tokens: 0 },
    ],
    options: [
      {
        deployment: 'z-first',
        option: 'keep',
        costNanoUsd: 9_000_000_000n,
        laborNanoUsd: 3n,
        gpuNanoUsd: 8_000_000_000n,
        storageNanoUsd: 999_999_997n,
        otherNanoUsd: 0n,
        migrationNanoUsd: 1n,
        probability: 0.125,
        lowNanoUsd: -4n,
        highNanoUsd: 9_007_199_254_740_997n,
      },
      { deployment: 'z-first', option: 'delete' },
    ],
    days: [
      {
        dayMs: JULY_1,
        deployment: 'a',
        spendNanoUsd: 0n,
        promptTokens: 0,
        outputTokens: 0,
        paidReplicaMs: 0,
        coveredReplicaMs: 0,
      },
      {
        dayMs: JULY_1,
        deployment: 'z-first',
        spendNanoUsd: 6_000_000_500n,
        promptTokens: 13_000_000,
        cachedTokens: 2_600_000,
        outputTokens: 2_600_000,
        paidReplicaMs: DAY_MS,
        coveredReplicaMs: DAY_MS / 2,
        busyMs: 7,
        utilization: 0.25,
      },
    ],
    counterfactuals: [
      {
        dayMs: JULY_1,
        deployment: 'z-first',
        host: 'host-a',
        costNanoUsd: 2_125_825_000n,
        tokens: 15_600_000,
      },
    ],
    unattributed: [
      {
        dayMs: second,
        sourceId: 'runpod',
        resourceId: 'v1',
        resourceName: 'models',
        category: 'storage',
        spendNanoUsd: 1_500n,
      },
      {
        dayMs: JULY_1,
        sourceId: 'runpod',
        resourceId: 'v1',
        category: 'storage',
        spendNanoUsd: 2_500n,
      },
    ],
    ...overrides,
  };
}

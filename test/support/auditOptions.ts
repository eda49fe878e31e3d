/** Builds the options of an audited deployment, with their parts and probabilities. */

import type { OptionName } from '../../src/economics/offer.ts';
import type {
  AuditDeployment,
  AuditOption,
  AuditOptionDetail,
} from '../../src/verdict/auditDeployment.ts';
import type { AuditStack } from '../../src/verdict/audit.ts';
import type { Verdict } from '../../src/verdict/auditWord.ts';

const DETAILS: Readonly<Partial<Record<OptionName, AuditOptionDetail>>> = {
  hybrid: { replicas: 2 },
  serverless: {
    workerHours: '512.400000',
    starts: 1204,
    breakEvenShare: '0.833333',
    workerShare: '0.232100',
  },
  move: { provider: 'vast', usdPerGpuHour: '1.190000', ownUsdPerGpuHour: '1.500000' },
  spot: { provider: 'vast', usdPerGpuHour: '0.600000', ownUsdPerGpuHour: '1.500000' },
  'right-size': { replicaHours: '1320.000000', mostReplicas: 2, hoursOff: 888 },
};

const NOTHING = {
  costUsd: null,
  infraUsd: null,
  gpuUsd: null,
  storageUsd: null,
  otherUsd: null,
  laborUsd: null,
  hostedUsd: null,
  strandedUsd: null,
  migrationUsd: null,
  savingUsd: null,
  low: null,
  high: null,
  probability: null,
  afterCommitments: null,
};

export function keepOption(spend: number): AuditOption {
  return {
    option: 'keep',
    ...NOTHING,
    ...partsOf('keep', spend),
    savingUsd: fixtureUsd(0),
    detail: {},
  };
}

/** One option for each saving. `null` is an option without a price. */
export function makeOptions(
  savings: Partial<Record<OptionName, number | null>>,
  spend: number,
): AuditOption[] {
  return Object.entries(savings).map(([name, saving]): AuditOption => {
    const option = name as OptionName;
    if (saving === null) {
      return { option, ...NOTHING, detail: { reason: 'no price of it is known' } };
    }
    return {
      option,
      ...NOTHING,
      ...partsOf(option, spend - saving),
      savingUsd: fixtureUsd(saving),
      ...makeOdds(saving, spend),
      detail: DETAILS[option] ?? {},
    };
  });
}

/** Shares of the cost: GPU, storage, engineering time, hosted tokens, and the migration. */
const SHARES: Readonly<Record<OptionName, readonly [number, number, number, number, number]>> = {
  keep: [0.86, 0.04, 0.1, 0, 0],
  delete: [0, 0, 0.05, 0.9, 0.05],
  hybrid: [0.55, 0.05, 0.1, 0.3, 0],
  serverless: [0.9, 0, 0.1, 0, 0],
  move: [0.86, 0.04, 0.1, 0, 0],
  spot: [0.86, 0.04, 0.1, 0, 0],
  'right-size': [0.86, 0.04, 0.1, 0, 0],
  'bring-back': [1.16, 0.04, 0.1, -0.3, 0],
};

function partsOf(option: OptionName, cost: number) {
  const [gpu, storage, labor, hosted, migration] = SHARES[option].map((share) => share * cost);
  return {
    costUsd: fixtureUsd(cost),
    infraUsd: fixtureUsd((gpu ?? 0) + (storage ?? 0)),
    gpuUsd: fixtureUsd(gpu ?? 0),
    storageUsd: fixtureUsd(storage ?? 0),
    otherUsd: fixtureUsd(0),
    laborUsd: fixtureUsd(labor ?? 0),
    hostedUsd: fixtureUsd(hosted ?? 0),
    strandedUsd: fixtureUsd(0),
    migrationUsd: fixtureUsd(migration ?? 0),
  };
}

/**
 * A saving of 28% of the spend has a probability of 90%. The interval extends 12% of the spend to
 * each side.
 */
export function makeOdds(saving: number, spend: number) {
  const share = spend === 0 ? 0 : saving / spend;
  return {
    low: fixtureUsd(saving - spend * 0.12),
    high: fixtureUsd(saving + spend * 0.12),
    probability: Math.min(0.9995, Math.max(0.0005, 0.5 + share * 1.43)).toFixed(6),
  };
}

export function fixtureUsd(usd: number): string {
  return usd.toFixed(6);
}

export function usdPerMtokText(usd: number, tokens: number): string | null {
  return tokens === 0 ? null : ((usd / tokens) * 1e6).toFixed(6);
}

/** The decision that its own verdict implies. */
export function toDecision(verdict: Verdict): AuditDeployment['decision'] {
  const option = planned(verdict);
  const because = option === 'keep' ? 'kept' : 'advised';
  return { option, because, alone: verdict, heldBack: null };
}

/** The plan if the verdict advises it, or else keeping everything. */
export function toPlanDecision(
  overrides: Partial<AuditStack>,
  own: {
    readonly verdict: Verdict;
    readonly plan: AuditStack['bestPlan'];
    readonly saving: string;
  },
): AuditStack['decision'] {
  const { verdict = own.verdict, bestPlan = own.plan, savingUsd } = overrides;
  if (planned(verdict) !== 'keep') {
    return { plan: bestPlan, savingUsd: savingUsd?.base ?? own.saving };
  }
  const plan = bestPlan.map(({ deployment }) => ({ deployment, option: 'keep' as const }));
  return { plan, savingUsd: fixtureUsd(0) };
}

export function planned(verdict: AuditDeployment['verdict']): OptionName {
  return verdict === 'delete' ||
    verdict === 'hybrid' ||
    verdict === 'serverless' ||
    verdict === 'move' ||
    verdict === 'right-size'
    ? verdict
    : 'keep';
}

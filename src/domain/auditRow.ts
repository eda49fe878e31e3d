/** Rows of an audit for SQL readers, passed from `verdict` to the ledger. Money is in nano-USD. */

/** All rows of one audit. */
export interface AuditRows {
  readonly stack: AuditStackRow;
  readonly deployments: readonly AuditDeploymentRow[];
  readonly options: readonly AuditOptionRow[];
  readonly days: readonly AuditDayRow[];
  readonly counterfactuals: readonly CounterfactualDayRow[];
  readonly unattributed: readonly UnattributedDayRow[];
}

/** The saving of a plan or an option. */
interface SavingColumns {
  /** Probability that it is cheaper than keeping, 0 to 1. */
  readonly probability?: number;
  readonly savingNanoUsd?: bigint;
  /** The saving's 90% interval. */
  readonly lowNanoUsd?: bigint;
  readonly highNanoUsd?: bigint;
}

interface VerdictColumns extends SavingColumns {
  readonly verdict: string;
  readonly spendNanoUsd: bigint;
  readonly tokens: number;
  readonly coverage?: number;
  readonly effectiveUsdPerMtok?: number;
}

export interface AuditStackRow extends VerdictColumns {
  readonly unattributedNanoUsd: bigint;
  readonly hostedUsdPerMtok?: number;
  /** The cost of keeping everything, and of the best plan. */
  readonly keepNanoUsd?: bigint;
  readonly planNanoUsd?: bigint;
}

export interface AuditDeploymentRow extends VerdictColumns {
  readonly deployment: string;
  readonly model: string;
  readonly utilization?: number;
  readonly busyFraction?: number;
  readonly host?: string;
  readonly hostedNanoUsd?: bigint;
  /** The option that looks best where the verdict does not name one. */
  readonly leaning?: string;
}

export interface AuditOptionRow extends SavingColumns {
  readonly deployment: string;
  readonly option: string;
  readonly costNanoUsd?: bigint;
  readonly infraNanoUsd?: bigint;
  readonly laborNanoUsd?: bigint;
  readonly hostedNanoUsd?: bigint;
  readonly strandedNanoUsd?: bigint;
  readonly gpuNanoUsd?: bigint;
  readonly storageNanoUsd?: bigint;
  readonly otherNanoUsd?: bigint;
  /** One-off migration cost. */
  readonly migrationNanoUsd?: bigint;
}

/** One day of a deployment. The days of a deployment sum to its spend and tokens exactly. */
export interface AuditDayRow {
  readonly dayMs: number;
  readonly deployment: string;
  readonly spendNanoUsd: bigint;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  readonly outputTokens: number;
  readonly paidReplicaMs: number;
  readonly coveredReplicaMs: number;
  readonly busyMs?: number;
  readonly utilization?: number;
}

export interface CounterfactualDayRow {
  readonly dayMs: number;
  readonly deployment: string;
  readonly host: string;
  readonly costNanoUsd: bigint;
  readonly tokens: number;
}

export interface UnattributedDayRow {
  readonly dayMs: number;
  readonly sourceId: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: string;
  readonly spendNanoUsd: bigint;
}

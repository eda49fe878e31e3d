/** Knows the rows in which an audit is stored, alike in shape to what the ledger takes. */

export interface Rows {
  readonly stack: StackRow;
  readonly deployments: readonly DeploymentRow[];
  readonly options: readonly OptionRow[];
  readonly days: readonly DayRow[];
  readonly counterfactuals: readonly CounterfactualDay[];
  readonly unattributed: readonly UnattributedRow[];
}

export interface StackRow {
  readonly verdict: string;
  readonly savingNanoUsd: bigint;
  readonly spendNanoUsd: bigint;
  readonly unattributedNanoUsd: bigint;
  readonly tokens: number;
  readonly coverage?: number;
  readonly effectiveUsdPerMtok?: number;
  readonly hostedUsdPerMtok?: number;
}

export interface DeploymentRow {
  readonly deployment: string;
  readonly model: string;
  readonly verdict: string;
  readonly spendNanoUsd: bigint;
  readonly tokens: number;
  readonly effectiveUsdPerMtok?: number;
  readonly utilization?: number;
  readonly busyFraction?: number;
  readonly coverage?: number;
  readonly host?: string;
  readonly hostedNanoUsd?: bigint;
  readonly savingNanoUsd?: bigint;
}

export interface OptionRow {
  readonly deployment: string;
  readonly option: string;
  readonly costNanoUsd?: bigint;
  readonly infraNanoUsd?: bigint;
  readonly laborNanoUsd?: bigint;
  readonly hostedNanoUsd?: bigint;
  readonly strandedNanoUsd?: bigint;
  readonly savingNanoUsd?: bigint;
}

export interface DayRow {
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

export interface CounterfactualDay {
  readonly dayMs: number;
  readonly deployment: string;
  readonly host: string;
  readonly costNanoUsd: bigint;
  readonly tokens: number;
}

interface UnattributedRow {
  readonly dayMs: number;
  readonly sourceId: string;
  readonly resourceId: string;
  readonly resourceName?: string;
  readonly category: string;
  readonly spendNanoUsd: bigint;
}

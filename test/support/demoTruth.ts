/** The demo's planted truth: the spend and traffic that an audit must find. */

export interface DemoTruth {
  readonly spendUsd: string;
  readonly unattributedUsd: string;
  readonly hostedSpendUsd: string;
  readonly bought: readonly {
    readonly source: string;
    readonly model: string;
    readonly deployment: string | null;
    readonly tokens: number;
    readonly spendUsd: string;
  }[];
  readonly sources: readonly { readonly source: string; readonly spendUsd: string }[];
  readonly deployments: readonly {
    readonly id: string;
    readonly planted: string;
    readonly spendUsd: string;
    readonly promptTokens: number;
    readonly cachedTokens: number;
    readonly outputTokens: number;
    readonly requests: number;
    readonly paidReplicaSeconds: number;
    readonly busySeconds: number;
    readonly benchmark: { readonly promptTokens: number; readonly outputTokens: number };
    readonly days: readonly { day: string; spendUsd: string; promptTokens: number }[];
    readonly hosted: readonly {
      host: string;
      notEligible: string | null;
      costUsd: string | null;
    }[];
  }[];
}

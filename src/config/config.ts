/** Knows what `rentcheck.yaml` means once it has been read: frozen, typed, numbers exact. */

import type { Exact } from '../domain/exact.ts';
import type { NanoUsd } from '../domain/money.ts';
import type { Secret } from '../platform/secret.ts';

/** The source id that imports use unless they are told another; always known, declared or not. */
export const IMPORT_SOURCE_ID = 'import';

export interface Config {
  /** Absolute path of the file that was read. */
  readonly file: string;
  /** Absolute path of the ledger; relative ones start at the config file's folder. */
  readonly ledger: string;
  readonly fiscal: { readonly startMonth: number };
  /** How a resource that several deployments share is split. */
  readonly sharing: 'gpu-time' | 'tokens';
  /** How providers are asked; a source's own `timeoutSeconds` comes first. */
  readonly http: { readonly retries: number; readonly timeoutMs: number };
  /** In the file's order; an import source has no options. */
  readonly sources: readonly SourceConfig[];
  /** In the file's order. */
  readonly deployments: readonly DeploymentConfig[];
  readonly commitments: readonly CommitmentConfig[];
  readonly labor: LaborConfig;
  readonly policy: PolicyConfig;
  readonly report?: ReportConfig;
  readonly smtp?: { readonly url: Secret };
  readonly redis?: { readonly url: Secret };
}

export interface SourceConfig {
  readonly id: string;
  /** A provider's kind, or `import` for an id that only imports use. */
  readonly kind: string;
  /** What the kind's own schema made of the section; `create` of that kind takes it as it is. */
  readonly options: unknown;
}

export interface RangeConfig {
  readonly low: Exact;
  readonly base: Exact;
  readonly high: Exact;
}

export interface DeploymentConfig {
  readonly id: string;
  readonly model: string;
  readonly precision?: string;
  /** GPUs of one replica. */
  readonly gpu: { readonly type: string; readonly count: number };
  readonly resources: readonly ResourceMatchConfig[];
  readonly usage?: UsageConfig;
  /** Absent means `observed`. */
  readonly capacity?: CapacityConfig;
  /** Absent means that no hosted equivalent is known. */
  readonly hosted?: HostedConfig;
  readonly serverless?: ServerlessConfig;
  /** Set when the deployment must stay, whatever it costs. */
  readonly waiver?: WaiverConfig;
}

/** All given keys must match; globs with `*`. An empty match takes everything of the source. */
export interface ResourceMatchConfig {
  readonly source: string;
  readonly name?: string;
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface UsageConfig {
  readonly source: string;
  readonly engine: string;
  readonly match: Readonly<Record<string, string>>;
}

export interface CapacityConfig {
  /** Of one replica, prompt and output together. */
  readonly tokensPerSecond: Exact;
  /** The day of the measurement as written, `2026-06-01`. */
  readonly measured?: string;
  readonly evidence?: string;
}

export interface HostedConfig {
  readonly equivalents: readonly EquivalentConfig[];
  readonly policy: 'cheapest' | 'median' | 'pinned';
  readonly pinned?: string;
  /** 0 to 1. */
  readonly minUptime?: Exact;
  readonly minContextLength?: number;
  /** 0.055 is 5.5 %. */
  readonly fee: Exact;
  readonly allowFree: boolean;
}

export interface EquivalentConfig {
  /** The source that tells its prices. */
  readonly via: string;
  readonly model: string;
  readonly quantizations?: readonly string[];
  readonly hosts?: readonly string[];
  readonly excludeHosts?: readonly string[];
  /** Host tokens per token of ours. */
  readonly tokenRatio: Exact;
  readonly minContextLength?: number;
}

export interface ServerlessConfig {
  readonly usdPerSecond: Exact;
  readonly coldStartMs: number;
  readonly idleTimeoutMs: number;
  readonly minWorkers: number;
}

export interface WaiverConfig {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter?: Exact;
  /** Midnight UTC at which the day named in `expires` begins; from then on it has expired. */
  readonly expiresMs?: number;
}

export interface CommitmentConfig {
  readonly source: string;
  readonly usdPerMonth: NanoUsd;
  /** The end of the day named in `until`: midnight UTC after it, which is no longer owed. */
  readonly untilMs: number;
}

export interface LaborConfig {
  readonly loadedUsdPerHour: Exact;
  /** Hours a quarter. */
  readonly selfHosted: LaborSideConfig;
  readonly hosted: LaborSideConfig;
  readonly serverlessShare: Exact;
  /** False where the file has no `labor` and every figure here is our own default. */
  readonly stated: boolean;
}

export interface LaborSideConfig {
  readonly fixedHours: RangeConfig;
  readonly hoursPerDeployment: RangeConfig;
}

export interface PolicyConfig {
  readonly minProbability: Exact;
  /** A quarter. */
  readonly minSavingUsd: Exact;
  readonly minSavingShare: Exact;
  readonly reversalSavingShare: Exact;
  readonly minCoverage: Exact;
  readonly maxUnattributedShare: Exact;
  readonly cacheRealization: RangeConfig;
}

export interface ReportConfig {
  readonly from: string;
  readonly to: readonly string[];
  /** An IANA name. */
  readonly timeZone: string;
  readonly sendOn?: {
    readonly businessDayOfQuarter: number;
    /** `07:00`, in `timeZone`. */
    readonly at: string;
  };
}

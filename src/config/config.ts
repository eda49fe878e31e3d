/** What `rentcheck.yaml` means once it has been read: frozen, typed, numbers exact. */

import type { RecordRule } from '../domain/billOfRecord.ts';
import type { Exact } from '../domain/exact.ts';
import type { FocusRule } from '../domain/focus.ts';
import type { ImportMapping } from '../domain/importMapping.ts';
import type { LogMapping } from '../domain/logMapping.ts';
import type { NanoUsd } from '../domain/money.ts';
import type { PriceTrust } from '../domain/plausiblePrice.ts';
import type { ProviderTier } from '../domain/providerTier.ts';
import type { Tolerance } from '../domain/reconciliation.ts';
import type { CronLine } from '../domain/rhythm.ts';
import type { LogLevel } from '../platform/logLevel.ts';
import type { DeploymentConfig, ResourceMatchConfig } from './deploymentConfig.ts';
import type { RedisConfig } from './redisSchema.ts';
import type { ReportConfig, SmtpConfig } from './reportConfig.ts';
import type { WebConfig } from './webSchema.ts';

/** The source id that imports use unless they are told another; always known, declared or not. */
export const IMPORT_SOURCE_ID = 'import';

/** Ids appear in file names, job ids and SQL; they hold nothing that needs escaping there. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface Config {
  /** Absolute path of the file that was read. */
  readonly file: string;
  /** Absolute path of the ledger; relative ones start at the config file's folder. */
  readonly ledger: string;
  /** A person or a team: who acts where a deployment or a commitment names nobody else. */
  readonly owner?: string;
  readonly fiscal: { readonly startMonth: number };
  /** How a resource that several deployments share is split. */
  readonly sharing: 'gpu-time' | 'tokens';
  /** How providers are asked; a source's own `timeoutSeconds` comes first. */
  readonly http: HttpConfig;
  /** In the file's order; an import source has no options. */
  readonly sources: readonly SourceConfig[];
  /** In the file's order. */
  readonly deployments: readonly DeploymentConfig[];
  readonly commitments: readonly CommitmentConfig[];
  /** By name: bills in columns of their own. */
  readonly imports: Readonly<Record<string, ImportMapping>>;
  /** What the fields of access logs mean, by a name for `--as`. */
  readonly requestLogs: Readonly<Record<string, LogMapping>>;
  /** Stated exchange rates; they count before those of files. */
  readonly currencies: readonly CurrencyRate[];
  /** Absent where none were granted. */
  readonly credits?: readonly CreditConfig[];
  /** Which source's bill counts where two bill the same; absent where all count. */
  readonly billOfRecord?: readonly RecordRule[];
  /** Whose GPUs may be weighed when moving. */
  readonly market: MarketConfig;
  /** Absent where no price out of the ordinary is vouched for. */
  readonly prices?: PricesConfig;
  readonly migration: MigrationConfig;
  readonly labor: LaborConfig;
  readonly policy: PolicyConfig;
  readonly ops: OpsConfig;
  readonly report?: ReportConfig;
  readonly smtp?: SmtpConfig;
  readonly redis?: RedisConfig;
  /** How much the worker logs; `RENTCHECK_LOG` in the environment comes first. */
  readonly log: { readonly level: LogLevel };
  /** Absent where no pages are served. */
  readonly web?: WebConfig;
  readonly schedule: ScheduleConfig;
}

export interface HttpConfig {
  readonly retries: number;
  readonly timeoutMs: number;
  /** How long a pull may go without a good answer before its source is given up. */
  readonly pullStallMs: number;
  readonly pullMostMs: number;
  /** What all workers together ask of one provider at most. */
  readonly limits: {
    readonly anyHost: HostLimit;
    /** By host, with its port where it has one; what is left out is as for any. */
    readonly hosts: Readonly<Record<string, Partial<HostLimit>>>;
  };
}

export interface HostLimit {
  /** Questions that are under way at once. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export interface SourceConfig {
  readonly id: string;
  /** A provider's kind, or `import` for an id that only imports use. */
  readonly kind: string;
  /** What the kind's own schema made of the section; `create` of that kind takes it as it is. */
  readonly options: unknown;
  /** Which rows of its FOCUS bills are wanted; all where absent. */
  readonly take?: readonly FocusRule[];
}

export interface RangeConfig {
  readonly low: Exact;
  readonly base: Exact;
  readonly high: Exact;
}

/** At least one of `untilMs` and `noticeMs` is there, and at least one of its prices. */
export interface CommitmentConfig {
  readonly source: string;
  readonly id?: string;
  /** A person or a team: who gives notice. */
  readonly owner?: string;
  readonly usdPerMonth?: NanoUsd;
  /** Paid once, for the time from `fromMs` to `untilMs`, which are there then. */
  readonly usdUpfront?: NanoUsd;
  readonly gpus?: number;
  readonly usdPerGpuHour?: Exact;
  /** What it pays for; without a source that of the commitment. */
  readonly covers?: Partial<ResourceMatchConfig>;
  /** Midnight UTC at which the day named in `from` begins. */
  readonly fromMs?: number;
  /** The end of the day named in `until`: midnight UTC after it, which is no longer committed. */
  readonly untilMs?: number;
  /** From the day of leaving. */
  readonly noticeMs?: number;
}

export interface CurrencyRate {
  readonly currency: string;
  readonly monthMs: number;
  readonly usdPerUnit: Exact;
}

/** From midnight UTC at which a day begins to the end of the last day. */
export interface CreditConfig {
  readonly source: string;
  readonly id?: string;
  readonly usd: NanoUsd;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Absent allows all. */
export interface MarketConfig {
  readonly tiers?: readonly ProviderTier[];
  readonly providers?: readonly string[];
  readonly excludeProviders?: readonly string[];
}

export interface PricesConfig {
  readonly trust: readonly PriceTrust[];
}

export interface MigrationConfig {
  /** Hours of people that a change takes once, by what is changed to. */
  readonly hours: Readonly<Record<ChangeName, Exact>>;
  /** Hours to come back to own machines; absent is unknown. */
  readonly reentryHours?: Exact;
  /** Quarters over which the hours of a change are spread. */
  readonly amortizationQuarters: number;
  /** False where the file has no `migration` and the hours are none by default. */
  readonly stated: boolean;
}

export type ChangeName =
  | 'delete'
  | 'hybrid'
  | 'serverless'
  | 'move'
  | 'spot'
  | 'right-size'
  | 'bring-back';

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
  /** By how much bills and the ledger may differ. */
  readonly reconciliation: Tolerance;
  readonly cacheRealization: RangeConfig;
  /** Resampled quarters behind every probability and interval. */
  readonly draws: number;
  /** Days after an audit by which a step without a date of its own must be done. */
  readonly actWithinDays: number;
}

export interface OpsConfig {
  /** Whose incidents are whose, in the file's order: the first pattern that fits a name counts. */
  readonly services: readonly ServiceConfig[];
}

export interface ServiceConfig {
  /** The name of a service or team, with `*` for any letters. */
  readonly pattern: string;
  /** The id of a deployment. */
  readonly deployment: string;
}

/** Lines that are left out ring as they do by themselves. */
export interface ScheduleConfig extends Readonly<Partial<Record<CronLine, string | null>>> {
  readonly quarter: 'on' | 'off';
  /** By source. */
  readonly trailingDays: Readonly<Record<string, number>>;
  /** By source: facts of which it tells the present alone. */
  readonly sampled: Readonly<Record<string, readonly ('usage' | 'inventory')[]>>;
}

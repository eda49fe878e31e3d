/** Types of the parsed `rentcheck.yaml`: frozen, with exact numbers. */

import type { SendTime } from '../calendar/reportDue.ts';
import type { RecordRule } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { FocusRule } from '../domain/focus.ts';
import type { ImportMapping, LogMapping } from '../domain/fileMapping.ts';
import type { NanoUsd } from '../domain/money.ts';
import type { PriceTrust } from '../domain/price.ts';
import type { ProviderTier } from '../domain/providers.ts';
import type { Tolerance } from '../domain/reconciliation.ts';
import type { ScheduleSettings } from '../calendar/schedule.ts';
import type { LogLevel } from '../platform/logLevel.ts';
import type { DeploymentConfig, ResourceMatchConfig } from './deploymentConfig.ts';
import type { RedisConfig } from './redisSchema.ts';
import type { WebConfig } from './webSchema.ts';
import type { RecipientRole } from '../domain/edition.ts';
import type { ChannelOptions, DkimOptions } from '../delivery/options.ts';
import type { Secret } from '../platform/secret.ts';

/** The default source ID of imports; always valid, even if it is not declared. */
export const IMPORT_SOURCE_ID = 'import';

/** IDs appear in file names, job IDs and SQL, so they contain nothing that needs escaping. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface Config {
  /** Absolute path of the file that was read. */
  readonly file: string;
  /** Absolute path of the ledger; relative ones start at the config file's folder. */
  readonly ledger: string;
  /** A person or a team: acts for deployments and commitments without an owner of their own. */
  readonly owner?: string;
  readonly fiscal: { readonly startMonth: number };
  /** How the cost of a resource is split among the deployments that share it. */
  readonly sharing: 'gpu-time' | 'tokens';
  /** How providers are called; a source's own `timeoutSeconds` takes precedence. */
  readonly http: HttpConfig;
  /** In the file's order; a source of kind import has no options. */
  readonly sources: readonly SourceConfig[];
  /** In the file's order. */
  readonly deployments: readonly DeploymentConfig[];
  readonly commitments: readonly CommitmentConfig[];
  /** Column mappings of custom bills, by name. */
  readonly imports: Readonly<Record<string, ImportMapping>>;
  /** Field mappings of access logs, by the name used with `--as`. */
  readonly requestLogs: Readonly<Record<string, LogMapping>>;
  /** Exchange rates of the config; they take precedence over imported ones. */
  readonly currencies: readonly CurrencyRate[];
  /** Absent if no credits were granted. */
  readonly credits?: readonly CreditConfig[];
  /**
   * Which source's bill counts if two sources bill the same purchase; absent if all bills count.
   */
  readonly billOfRecord?: readonly RecordRule[];
  /** Providers whose GPUs are options for a move. */
  readonly market: MarketConfig;
  /** Absent if the config trusts no unusual price. */
  readonly prices?: PricesConfig;
  readonly migration: MigrationConfig;
  readonly labor: LaborConfig;
  readonly policy: PolicyConfig;
  readonly ops: OpsConfig;
  readonly report?: ReportConfig;
  readonly smtp?: SmtpConfig;
  readonly redis?: RedisConfig;
  /** Log level of the worker; `RENTCHECK_LOG` in the environment takes precedence. */
  readonly log: { readonly level: LogLevel };
  /** Absent if no pages are served. */
  readonly web?: WebConfig;
  readonly schedule: ScheduleSettings;
}

export interface HttpConfig {
  readonly retries: number;
  readonly timeoutMs: number;
  /** How long a pull may go without a valid response before it is stopped. */
  readonly pullStallMs: number;
  readonly pullMostMs: number;
  /** Limits per provider host, for all workers together. */
  readonly limits: {
    readonly anyHost: HostLimitConfig;
    /** By host, with its port if it has one; a limit that is absent is that of `anyHost`. */
    readonly hosts: Readonly<Record<string, Partial<HostLimitConfig>>>;
  };
}

export interface HostLimitConfig {
  /** Requests in flight at once. */
  readonly concurrent: number;
  readonly perMinute: number;
}

export interface SourceConfig {
  readonly id: string;
  /** A provider's kind, or `import` for an ID that only imports use. */
  readonly kind: string;
  /** The section as parsed by the schema of its kind, for `create` of that kind. */
  readonly options: unknown;
  /** Which rows of its FOCUS bills count; all if absent. */
  readonly take?: readonly FocusRule[];
}

export interface RangeConfig {
  readonly low: Exact;
  readonly base: Exact;
  readonly high: Exact;
}

/** Has at least one of `untilMs` and `noticeMs`, and at least one price. */
export interface CommitmentConfig {
  readonly source: string;
  readonly id?: string;
  /** The person or team that gives notice. */
  readonly owner?: string;
  readonly usdPerMonth?: NanoUsd;
  /** Paid once for the time from `fromMs` to `untilMs`; both are set in that case. */
  readonly usdUpfront?: NanoUsd;
  readonly gpus?: number;
  readonly usdPerGpuHour?: Exact;
  /** Charges that the commitment covers; `source` defaults to that of the commitment. */
  readonly covers?: Partial<ResourceMatchConfig>;
  /** Midnight UTC at the start of the day in `from`. */
  readonly fromMs?: number;
  /** Midnight UTC after the day in `until`, the last committed day. */
  readonly untilMs?: number;
  /** Notice period, counted from the day of leaving. */
  readonly noticeMs?: number;
}

export interface CurrencyRate {
  readonly currency: string;
  readonly monthMs: number;
  readonly usdPerUnit: Exact;
}

/** Valid from midnight UTC at the start of the first day to the end of the last day. */
export interface CreditConfig {
  readonly source: string;
  readonly id?: string;
  readonly usd: NanoUsd;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A filter that is absent allows all. */
export interface MarketConfig {
  readonly tiers?: readonly ProviderTier[];
  readonly providers?: readonly string[];
  readonly excludeProviders?: readonly string[];
}

export interface PricesConfig {
  readonly trust: readonly PriceTrust[];
}

export interface MigrationConfig {
  /** One-off engineering hours of a change, by its target. */
  readonly hours: Readonly<Record<ChangeName, Exact>>;
  /** Hours to return to self-hosting; unknown if absent. */
  readonly reentryHours?: Exact;
  /** Quarters over which the hours of a change are spread. */
  readonly amortizationQuarters: number;
  /** False if the file has no `migration`; the hours are then 0 by default. */
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
  /** Hours per quarter. */
  readonly selfHosted: LaborSideConfig;
  readonly hosted: LaborSideConfig;
  readonly serverlessShare: Exact;
  /** False if the file has no `labor`; every figure is then a default of rentcheck. */
  readonly stated: boolean;
}

export interface LaborSideConfig {
  readonly fixedHours: RangeConfig;
  readonly hoursPerDeployment: RangeConfig;
}

export interface PolicyConfig {
  readonly minProbability: Exact;
  /** Per quarter. */
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
  /** Days after an audit by which an action without its own deadline is due. */
  readonly actWithinDays: number;
}

export interface OpsConfig {
  /** Assigns incidents to deployments, in the file's order: the first matching pattern counts. */
  readonly services: readonly ServiceConfig[];
}

export interface ServiceConfig {
  /** The name of a service or team, with `*` as a wildcard. */
  readonly pattern: string;
  /** ID of a deployment. */
  readonly deployment: string;
}

export interface ReportConfig {
  readonly from: string;
  /** Leaders, by mail. */
  readonly to: readonly string[];
  /** An IANA name. */
  readonly timeZone: string;
  readonly sendOn?: SendTime;
  /**
   * What happens if the facts of a reported quarter changed. `auto` sends a correction, `ask` only
   * makes it, `off` does nothing.
   */
  readonly corrections: 'auto' | 'ask' | 'off';
  /** Mail address that gets notices of failures. */
  readonly owner?: string;
  /** In addition to `to`, in the file's order. */
  readonly recipients: readonly RecipientConfig[];
  /** In the file's order, without the mail channel of `smtp`. */
  readonly channels: readonly ChannelConfig[];
  readonly deadMan?: DeadManConfig;
  /** Language of the report. */
  readonly language: 'en';
  /** BCP 47 tag for the format of numbers, money and dates. */
  readonly locale?: string;
  /** Whether every edition also gets a PDF; this needs Chromium. */
  readonly pdf: boolean;
  /** Absolute path, or a name that is searched on PATH; the usual names are searched if absent. */
  readonly chromium?: string;
}

export interface RecipientConfig {
  readonly role: RecipientRole;
  /** `mail`, or the id of one of `channels`. */
  readonly channel: string;
  /** Mail address, if the channel needs one; a webhook has one fixed destination. */
  readonly address?: string;
  /** Deployments of an owner; all if absent. */
  readonly deployments?: readonly string[];
}

/** A folder's path is absolute. */
export type ChannelConfig = ChannelOptions & { readonly id: string };

/** Has `to` or `webhook`, or the report has an owner. */
export interface DeadManConfig {
  /** The report's owner if absent. */
  readonly to?: string;
  readonly webhook?: Secret;
  /** Time after the due date until the alert is sent. */
  readonly graceMs: number;
}

export interface SmtpConfig {
  readonly url: Secret;
  /** If absent, TLS is required wherever a password would cross a network. */
  readonly requireTls?: boolean;
  /** Absolute path of a PEM file with authorities to trust in addition to the usual ones. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly dkim?: DkimOptions;
}

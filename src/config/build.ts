/** Builds the frozen {@link Config} from the parsed sections of a config file. */

import { resolve } from 'node:path';
import { DAY_MS, HOUR_MS, parseMonth } from '../domain/period.ts';
import type { Exact } from '../domain/exact.ts';
import { invariant } from '../domain/failure.ts';
import { nanoFromUsd } from '../domain/money.ts';
import type {
  ChannelConfig,
  CommitmentConfig,
  Config,
  CreditConfig,
  CurrencyRate,
  LaborConfig,
  MigrationConfig,
  ReportConfig,
  ServiceConfig,
  SmtpConfig,
  SourceConfig,
} from './config.ts';
import { laborSchema, migrationSchema } from './decisionSchema.ts';
import type { DeploymentConfig, HostedConfig } from './deploymentConfig.ts';
import type { DeploymentSection } from './deploymentSchema.ts';
import { engineOfUsage } from './usageFaults.ts';
import type { RedisConfig } from './redisSchema.ts';
import type { ConfigSections } from './schema.ts';

interface Parts {
  readonly file: string;
  readonly folder: string;
  readonly sections: ConfigSections;
  readonly sources: readonly SourceConfig[];
  readonly services: readonly ServiceConfig[];
}

/** Makes paths absolute, converts units and freezes the result. */
export function buildConfig({ file, folder, sections, sources, services }: Parts): Config {
  const { ledger, http, deployments, migration, labor, ...rest } = sections;
  const { commitments, credits, currencies, report, smtp, redis, ...others } = rest;
  return frozen({
    ...others,
    file,
    ledger: resolve(folder, ledger),
    http: httpOf(http),
    sources,
    deployments: Object.entries(deployments).map(([id, section]) => deployment(id, section)),
    commitments: commitments.map(commitment),
    currencies: Object.entries(currencies).flatMap(([currency, months]) =>
      Object.entries(months).map(([month, usdPerUnit]) => rate(currency, month, usdPerUnit)),
    ),
    ...(credits === undefined ? {} : { credits: credits.map(credit) }),
    migration: migrationOf(migration),
    labor: laborOf(labor),
    ops: { services },
    ...(report === undefined ? {} : { report: toReportConfig(report, folder) }),
    ...(smtp === undefined ? {} : { smtp: toSmtpConfig(smtp, folder) }),
    ...(redis === undefined ? {} : { redis: redisOf(redis, folder) }),
  });
}

function httpOf(http: ConfigSections['http']) {
  const { timeoutSeconds, pullStallMinutes, pullMinutes, concurrent, perMinute, hosts, ...rest } =
    http;
  return {
    ...rest,
    timeoutMs: timeoutSeconds * 1000,
    pullStallMs: pullStallMinutes * 60_000,
    pullMostMs: pullMinutes * 60_000,
    limits: { anyHost: { concurrent, perMinute }, hosts },
  };
}

function redisOf({ tls, ...rest }: RedisConfig, folder: string): RedisConfig {
  if (tls === undefined) return rest;
  const { serverName, ...files } = tls;
  const paths = Object.entries(files).map(([key, path]) => [key, resolve(folder, path)] as const);
  const name = serverName === undefined ? {} : { serverName };
  return { ...rest, tls: { ...Object.fromEntries(paths), ...name } };
}

function commitment(section: ConfigSections['commitments'][number]): CommitmentConfig {
  const { usdPerMonth, usdUpfront, covers, from, until, noticeDays, ...rest } = section;
  return {
    ...rest,
    ...(usdPerMonth === undefined ? {} : { usdPerMonth: nanoFromUsd(usdPerMonth) }),
    ...(usdUpfront === undefined ? {} : { usdUpfront: nanoFromUsd(usdUpfront) }),
    ...(covers === undefined ? {} : { covers: coversOf(covers) }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(until === undefined ? {} : { untilMs: until + DAY_MS }),
    ...(noticeDays === undefined ? {} : { noticeMs: noticeDays * DAY_MS }),
  };
}

function credit(section: NonNullable<ConfigSections['credits']>[number]): CreditConfig {
  const { from, until, usd, ...rest } = section;
  return { ...rest, usd: nanoFromUsd(usd), fromMs: from, untilMs: until + DAY_MS };
}

function coversOf(covers: NonNullable<ConfigSections['commitments'][number]['covers']>) {
  const { match, ...given } = covers;
  return { ...match, ...given };
}

function rate(currency: string, month: string, usdPerUnit: Exact): CurrencyRate {
  const monthMs = parseMonth(month);
  invariant(monthMs !== undefined, 'a schema has read the month');
  return { currency, monthMs, usdPerUnit };
}

function migrationOf(section: ConfigSections['migration']): MigrationConfig {
  return { ...(section ?? migrationSchema.parse({})), stated: section !== undefined };
}

function laborOf(section: ConfigSections['labor']): LaborConfig {
  return { ...(section ?? laborSchema.parse({})), stated: section !== undefined };
}

function deployment(id: string, section: DeploymentSection): DeploymentConfig {
  const { resources, usage, capacity, hosted, serverless, waiver, ...rest } = section;
  return {
    ...rest,
    id,
    resources: resources.map(resourceMatch),
    ...(usage === undefined ? {} : { usage: { ...usage, engine: engineOfUsage(usage) } }),
    ...(capacity === 'observed' ? {} : { capacity }),
    ...(hosted === undefined ? {} : { hosted: hostedOf(hosted) }),
    ...(serverless === undefined ? {} : { serverless: serverlessOf(serverless) }),
    ...(waiver === undefined ? {} : { waiver: waiverOf(waiver) }),
  };
}

function resourceMatch({ source, match }: DeploymentSection['resources'][number]) {
  const { from, until, rest, ...given } = match;
  return {
    source,
    ...given,
    ...(from === undefined ? {} : { fromMs: from }),
    ...(until === undefined ? {} : { untilMs: until + DAY_MS }),
    ...(rest === undefined ? {} : { isRest: rest }),
  };
}

function hostedOf(section: NonNullable<DeploymentSection['hosted']>): HostedConfig {
  const fallback = section.pinned === undefined ? 'cheapest' : 'pinned';
  return { ...section, policy: section.policy ?? fallback };
}

function serverlessOf(section: NonNullable<DeploymentSection['serverless']>) {
  const { coldStartSeconds, idleTimeoutSeconds, ...rest } = section;
  return { ...rest, coldStartMs: coldStartSeconds, idleTimeoutMs: idleTimeoutSeconds };
}

function waiverOf({ expires, ...rest }: NonNullable<DeploymentSection['waiver']>) {
  return { ...rest, ...(expires === undefined ? {} : { expiresMs: expires }) };
}

/** Freezes plain maps and lists recursively; secrets and addresses protect themselves. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !Array.isArray(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

type Section<Name extends keyof ConfigSections> = NonNullable<ConfigSections[Name]>;

/** Makes paths absolute and converts the grace period of the overdue alert to milliseconds. */
function toReportConfig(section: Section<'report'>, folder: string): ReportConfig {
  const { channels, deadMan, chromium, ...rest } = section;
  return {
    ...rest,
    channels: Object.entries(channels).map(
      ([id, options]): ChannelConfig =>
        options.kind === 'folder'
          ? { ...options, id, path: resolve(folder, options.path) }
          : { ...options, id },
    ),
    ...(deadMan === undefined ? {} : { deadMan: deadManOf(deadMan) }),
    ...(chromium === undefined ? {} : { chromium: programOf(chromium, folder) }),
  };
}

function deadManOf({ graceHours, ...rest }: NonNullable<Section<'report'>['deadMan']>) {
  return { ...rest, graceMs: graceHours * HOUR_MS };
}

/** A bare name is searched on PATH; anything else is a path. */
function programOf(chromium: string, folder: string): string {
  return /[\\/]/.test(chromium) ? resolve(folder, chromium) : chromium;
}

function toSmtpConfig(section: Section<'smtp'>, folder: string): SmtpConfig {
  const { ca, timeoutSeconds, ...rest } = section;
  return {
    ...rest,
    timeoutMs: timeoutSeconds * 1000,
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
  };
}

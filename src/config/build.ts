/** Builds the frozen {@link Config} from the parsed sections of a config file. */

import { resolve } from 'node:path';
import type { Config, DeploymentConfig, ServiceConfig } from './config.ts';
import { type DeploymentSection, engineOfUsage } from './deploymentSchema.ts';
import type { ConfigSections } from './schema.ts';
import type { SourceConfig } from './sourceSections.ts';

interface Parts {
  readonly file: string;
  readonly folder: string;
  readonly sections: ConfigSections;
  readonly sources: readonly SourceConfig[];
  readonly services: readonly ServiceConfig[];
}

/** Relative paths start at the folder of the config file. */
export function buildConfig({ file, folder, sections, sources, services }: Parts): Config {
  const { deployments, report, smtp, redis, ...rest } = withPaths(sections, ['ledger'], folder);
  return frozen({
    ...rest,
    file,
    sources,
    deployments: Object.entries(deployments).map(([id, section]) => toDeployment(id, section)),
    ops: { services },
    ...(report === undefined ? {} : { report: reportIn(folder, report) }),
    ...(smtp === undefined ? {} : { smtp: withPaths(smtp, ['ca'], folder) }),
    ...(redis === undefined ? {} : { redis: redisIn(folder, redis) }),
  });
}

function withPaths<T extends object>(section: T, keys: readonly (keyof T)[], folder: string): T {
  const paths = keys.flatMap((key) => {
    const path = section[key];
    return typeof path === 'string' ? [[key, resolve(folder, path)] as const] : [];
  });
  return { ...section, ...Object.fromEntries(paths) };
}

function toDeployment(id: string, { usage, ...rest }: DeploymentSection): DeploymentConfig {
  if (usage === undefined) return { ...rest, id };
  return { ...rest, id, usage: { ...usage, engine: engineOfUsage(usage) } };
}

type Section<Name extends keyof ConfigSections> = NonNullable<ConfigSections[Name]>;

function reportIn(folder: string, report: Section<'report'>): Section<'report'> {
  const channels = report.channels.map((channel) =>
    channel.kind === 'folder' ? withPaths(channel, ['path'], folder) : channel,
  );
  // A bare name is searched on PATH.
  const isPath = /[\\/]/.test(report.chromium ?? '');
  return { ...withPaths(report, isPath ? ['chromium'] : [], folder), channels };
}

function redisIn(folder: string, redis: Section<'redis'>): Section<'redis'> {
  if (redis.tls === undefined) return redis;
  return { ...redis, tls: withPaths(redis.tls, ['ca', 'cert', 'key'], folder) };
}

/** Freezes plain maps and lists recursively; secrets and addresses protect themselves. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !Array.isArray(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

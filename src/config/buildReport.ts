/** Converts the config sections `report` and `smtp` for delivery. */

import { resolve } from 'node:path';
import { HOUR_MS } from '../domain/period.ts';
import type { ChannelConfig, ReportConfig, SmtpConfig } from './reportConfig.ts';
import type { ConfigSections } from './schema.ts';

type Section<Name extends keyof ConfigSections> = NonNullable<ConfigSections[Name]>;

/** Makes paths absolute and converts the grace period of the overdue alert to milliseconds. */
export function toReportConfig(section: Section<'report'>, folder: string): ReportConfig {
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

export function toSmtpConfig(section: Section<'smtp'>, folder: string): SmtpConfig {
  const { ca, timeoutSeconds, ...rest } = section;
  return {
    ...rest,
    timeoutMs: timeoutSeconds * 1000,
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
  };
}

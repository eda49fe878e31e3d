/** The log: JSON lines on stderr, redacted. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';
import { instantText } from '../domain/period.ts';
import type { Clock } from './clock.ts';
import type { LogLevel } from './logLevel.ts';
import { safeJson } from './text.ts';
import type { Redactor } from './redact.ts';

/** Only scalars, so that no payload gets into the log. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const scopes = new AsyncLocalStorage<LogFields>();

/**
 * Runs the work with these fields on all of its log lines, besides those of the enclosing scope.
 * The field `run` is one id for everything that one scheduled run or one person started.
 */
export function logScope<T>(fields: LogFields, work: () => T): T {
  return scopes.run({ ...scopes.getStore(), ...fields }, work);
}

/** The id of the current run. */
export function currentRunId(): string | undefined {
  const run = scopes.getStore()?.['run'];
  return run === undefined ? undefined : String(run);
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Where lines go. Default: stderr. */
  readonly write?: (line: string) => void;
}

/** A log at a level. `silent` writes nothing. */
export function createLog(settings: LogSettings): Log {
  const sink = settings.write ?? ((line) => void process.stderr.write(line));
  const logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: () => `,"time":"${instantText(settings.clock.nowMs())}"`,
      mixin: () => scopes.getStore() ?? {},
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink(safeJson(settings.redactor.text(line))) },
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

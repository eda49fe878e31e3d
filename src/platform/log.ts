/** How things are logged: JSON lines on stderr, secrets taken out of the finished line. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { pino } from 'pino';
import { instantText } from '../domain/period.ts';
import type { Clock } from './clock.ts';
import type { LogLevel } from './logLevel.ts';
import { safeJson } from './plainText.ts';
import type { Redactor } from './redact.ts';

/** Values are scalars on purpose: a whole payload has no business in a log. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const scopes = new AsyncLocalStorage<LogFields>();

/**
 * Does the work, all of whose log lines carry these fields, besides those of the scope around it.
 * The field `run` is the one id of everything that one ring of the timetable, or one person, began.
 */
export function logScope<T>(fields: LogFields, work: () => T): T {
  return scopes.run({ ...scopes.getStore(), ...fields }, work);
}

/** The id of the run that this is a part of, if it is of one. */
export function currentRun(): string | undefined {
  const run = scopes.getStore()?.['run'];
  return run === undefined ? undefined : String(run);
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Where lines go; stderr unless a test wants them. */
  readonly write?: (line: string) => void;
}

/** A log at a level; `silent` writes nothing. */
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

/** Knows how things are logged: JSON lines on stderr, secrets taken out of the finished line. */

import { pino } from 'pino';
import { instantText } from '../domain/period.ts';
import type { Clock } from './clock.ts';
import type { Redactor } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Values are scalars on purpose: a whole payload has no business in a log. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
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
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink(settings.redactor.text(line)) },
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

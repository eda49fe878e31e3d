/** Creates the worker's log: its level from the environment or the config, secrets redacted. */

import type { WorkerServices } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { Failure } from './domain/failure.ts';
import { createLog, type Log } from './platform/log.ts';
import { LOG_LEVELS, type LogLevel } from './platform/logLevel.ts';
import { revealedRedactor } from './platform/revealed.ts';

/** Overrides `log.level` of the config for one run. */
const VARIABLE = 'RENTCHECK_LOG';

/** @throws {Failure} `config` if the environment has an unknown level. */
export function createWorkerLog(config: Config, services: WorkerServices): Log {
  const { clock, env } = services;
  return createLog({
    level: parseLevel(env[VARIABLE]) ?? config.log.level,
    clock,
    redactor: revealedRedactor(),
    write: (line) => services.stderr(line),
  });
}

function parseLevel(text: string | undefined): LogLevel | undefined {
  if (text === undefined || text === '') return undefined;
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new Failure('config', `unknown log level "${text}" in ${VARIABLE}`, {
    expected: `one of ${LOG_LEVELS.join(', ')}`,
    hint: `correct or unset ${VARIABLE}`,
  });
}

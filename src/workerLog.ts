/** What a worker's log shows: the level by environment or config, and never a secret. */

import type { WorkerSurroundings } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { Failure } from './domain/failure.ts';
import { createLog, type Log } from './platform/log.ts';
import { LOG_LEVELS, type LogLevel } from './platform/logLevel.ts';
import { revealedRedactor } from './platform/revealed.ts';

/** The variable that is for one run what `log.level` is for all. */
const VARIABLE = 'RENTCHECK_LOG';

/** @throws {Failure} `config` where the environment names no level. */
export function workerLog(config: Config, services: WorkerSurroundings): Log {
  const { clock, env } = services;
  return createLog({
    level: levelOf(env[VARIABLE]) ?? config.log.level,
    clock,
    redactor: revealedRedactor(),
    write: (line) => services.stderr(line),
  });
}

function levelOf(asked: string | undefined): LogLevel | undefined {
  if (asked === undefined || asked === '') return undefined;
  const level = LOG_LEVELS.find((known) => known === asked);
  if (level !== undefined) return level;
  throw new Failure('config', `unknown log level "${asked}" in ${VARIABLE}`, {
    expected: `one of ${LOG_LEVELS.join(', ')}`,
    hint: `correct or unset ${VARIABLE}`,
  });
}

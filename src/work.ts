/** Knows how the worker is wired: the config's ledger, its queue, and its timetable. */

import { openConfigured } from './app.ts';
import type { ExitCode, Opened, Services } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import { Failure } from './domain/failure.ts';
import { JOBS } from './jobs/registry.ts';
import { rhythmOf } from './jobs/rhythm.ts';
import { createLog } from './platform/log.ts';
import { createRedactor } from './platform/redact.ts';
import { timetable } from './schedule/timetable.ts';
import { startWorker, stopAsked } from './schedule/worker.ts';

/** Works until SIGTERM; the ledger is closed after the last job. */
export async function runWorker(configPath: string, services: Services): Promise<ExitCode> {
  const { clock, env } = services;
  // The queue is looked for first: without one there is no reason to make a ledger.
  const config = await loadConfig(configPath, { env });
  const address = redisAddress(config);
  const app = await openConfigured(config, { clock, readonly: false, progress: () => undefined });
  try {
    await work(app, address, services);
    return 0;
  } finally {
    await app.close();
  }
}

async function work({ context }: Opened, address: string, services: Services): Promise<void> {
  const { clock } = services;
  const redactor = createRedactor([address]);
  const log = createLog({ level: 'info', clock, redactor, write: (line) => services.stderr(line) });
  const rings = timetable(rhythmOf(context));
  const place = { address };
  const stop = stopAsked();
  const worker = await startWorker({ place, rings, jobs: JOBS, context, clock, log });
  await stop;
  await worker.close();
}

function redisAddress({ redis, file }: Config): string {
  if (redis !== undefined) return redis.url.reveal();
  throw new Failure('config', 'the worker needs a queue, and the config names no Redis', {
    where: `${file}: redis.url`,
    expected: 'redis: { url: ${REDIS_URL} }',
    hint: 'add the redis section, or run the commands by hand or from cron',
  });
}

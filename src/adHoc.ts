/** How a command reaches the queue: from the config alone, without opening a ledger. */

import type { QueueSession, Services } from './cli/command.ts';
import { loadConfig } from './config/load.ts';
import { JOBS } from './jobs/registry.ts';
import { createLog } from './platform/log.ts';
import { revealedRedactor } from './platform/revealed.ts';
import { queuePlaceOf } from './queuePlace.ts';
import { checkRedis } from './schedule/checkRedis.ts';
import { openFollower } from './schedule/follow.ts';
import { openQueue } from './schedule/queue.ts';

/**
 * The queue that the worker of this config works.
 * @throws {Failure} `config` where it names none, `unavailable` where it does not answer.
 */
export async function openAdHoc(
  configPath: string,
  { env, folder, clock, stderr }: Pick<Services, 'env' | 'folder' | 'clock' | 'stderr'>,
): Promise<QueueSession> {
  const place = queuePlaceOf(await loadConfig(configPath, { env, folder }));
  await checkRedis(place);
  const log = createLog({
    level: 'warn',
    clock,
    redactor: revealedRedactor(),
    write: (line) => stderr(line),
  });
  const queue = openQueue({ place, jobs: JOBS, log });
  return {
    ...queue,
    follower: () => openFollower(place, queue, log),
  };
}

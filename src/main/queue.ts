/** Opens the queue for commands that add and list jobs. */

import type { QueueSession, Services } from '../cli/command.ts';
import { loadConfig } from '../config/load.ts';
import { JOBS } from '../jobs/registry.ts';
import { createLog } from '../platform/log.ts';
import { revealedRedactor } from '../platform/redact.ts';
import { checkRedis } from '../schedule/checkRedis.ts';
import { openJobFollower } from '../schedule/followJob.ts';
import { openQueue } from '../schedule/queue.ts';
import { toQueueAddress } from '../schedule/queueAddress.ts';

/**
 * Opens the queue that the worker of this config processes.
 * @throws {Failure} `config` if the config has no Redis, `unavailable` if Redis does not respond.
 */
export async function openCommandQueue(
  configPath: string,
  { env, folder, clock, stderr }: Pick<Services, 'env' | 'folder' | 'clock' | 'stderr'>,
): Promise<QueueSession> {
  const place = toQueueAddress(await loadConfig(configPath, { env, folder }));
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
    openFollower: () => openJobFollower(place, queue, log),
  };
}

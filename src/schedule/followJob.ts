/** Follows a queued job: its progress lines, those of its parts, and its result. */

import { QueueEvents } from 'bullmq';
import { Failure } from '../domain/failure.ts';
import type { QueuedJob } from '../calendar/queuedJob.ts';
import type { Log } from '../platform/log.ts';
import { type JobQueue, QUEUE_NAME } from './queue.ts';
import { connectRedis, type RedisLocation, queueOptions } from './redis.ts';

/** Polling interval of the job state. Events can be lost with a connection, the state cannot. */
const LOOK_MS = 250;

export interface QueuedJobFollower {
  /**
   * Passes on each progress line of the job and its parts, and returns the finished job.
   * @throws {Failure} `unavailable` if the queue has lost the job.
   */
  follow(id: string, onLine: (line: string) => void): Promise<QueuedJob>;
  close(): Promise<void>;
}

interface ProgressLine {
  readonly id: string;
  readonly line: string;
}

/** Listens from now on. Open it before the job is added, or the first lines are lost. */
export async function openJobFollower(
  place: RedisLocation,
  queue: Pick<JobQueue, 'state'>,
  log: Log,
): Promise<QueuedJobFollower> {
  // Without `lastEventId`, BullMQ starts at its first read and misses earlier events.
  const options = { ...queueOptions(place), lastEventId: await currentStreamId(place) };
  const events = new QueueEvents(QUEUE_NAME, options);
  const lines: ProgressLine[] = [];
  events.on('error', (error) => log.warn('queue events error', { problem: error.message }));
  events.on('progress', ({ jobId, data }) => {
    if (typeof data === 'string') lines.push({ id: jobId, line: data });
  });
  await events.waitUntilReady();
  return {
    async follow(id, onLine) {
      for (let next = 0; ; ) {
        const job = await queue.state(id);
        for (; next < lines.length; next += 1) passOn(lines[next], id, onLine);
        if (job === undefined) throw jobLost(id);
        if (job.state === 'done' || job.state === 'failed') return job;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    close: () => events.close(),
  };
}

/** The stream id of an event at this moment, by the clock of Redis. */
async function currentStreamId(place: RedisLocation): Promise<string> {
  const redis = connectRedis(place);
  // ioredis prints errors that have no listener. The command below fails with the same error.
  redis.on('error', () => undefined);
  try {
    const [seconds, microseconds] = await redis.time();
    return `${Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)}-0`;
  } finally {
    redis.disconnect();
  }
}

/** The id of a part begins with the id of its job. */
function passOn(entry: ProgressLine | undefined, id: string, onLine: (line: string) => void): void {
  if (entry === undefined) return;
  if (entry.id === id) onLine(entry.line);
  else if (entry.id.startsWith(`${id}/`)) onLine(`${entry.id.slice(id.length + 1)}: ${entry.line}`);
}

function jobLost(id: string): Failure {
  return new Failure('unavailable', `the queue no longer has the job ${id}`, {
    hint: 'Redis lost it; scheduled jobs are added again automatically, add any other job again',
  });
}

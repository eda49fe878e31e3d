/** How a job is followed by whoever waits for it: what it and its parts say, and its end. */

import { QueueEvents } from 'bullmq';
import { Failure } from '../domain/failure.ts';
import type { QueuedJob } from '../domain/queuedJob.ts';
import type { Log } from '../platform/log.ts';
import { type JobQueue, QUEUE } from './queue.ts';
import { connect, type QueuePlace, queueOptions } from './redis.ts';

/** How often the end is looked for: events may be lost with a connection, the state is not. */
const LOOK_MS = 250;

export interface Follower {
  /**
   * Says each line of progress of the job and of its parts, and answers how it ended.
   * @throws {Failure} `unavailable` where the queue has lost the job.
   */
  follow(id: string, say: (line: string) => void): Promise<QueuedJob>;
  close(): Promise<void>;
}

interface Said {
  readonly id: string;
  readonly line: string;
}

/** Listens from now on: to be opened before the job is added, so that no word is lost. */
export async function openFollower(
  place: QueuePlace,
  queue: Pick<JobQueue, 'state'>,
  log: Log,
): Promise<Follower> {
  // By itself it would listen from its first question on, and miss what is said before that.
  const options = { ...queueOptions(place), lastEventId: await streamNow(place) };
  const events = new QueueEvents(QUEUE, options);
  const heard: Said[] = [];
  events.on('error', (error) => log.warn('queue events error', { problem: error.message }));
  events.on('progress', ({ jobId, data }) => {
    if (typeof data === 'string') heard.push({ id: jobId, line: data });
  });
  await events.waitUntilReady();
  return {
    async follow(id, say) {
      for (let told = 0; ; ) {
        const job = await queue.state(id);
        for (; told < heard.length; told += 1) tell(heard[told], id, say);
        if (job === undefined) throw gone(id);
        if (job.state === 'done' || job.state === 'failed') return job;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    close: () => events.close(),
  };
}

/** The id that an event of this very moment has, by the clock of Redis. */
async function streamNow(place: QueuePlace): Promise<string> {
  const redis = connect(place);
  // Without a listener ioredis prints; the question below fails, or waits, and says the same.
  redis.on('error', () => undefined);
  try {
    const [seconds, microseconds] = await redis.time();
    return `${Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)}-0`;
  } finally {
    redis.disconnect();
  }
}

/** A part's id begins with the job's own. */
function tell(said: Said | undefined, id: string, say: (line: string) => void): void {
  if (said === undefined) return;
  if (said.id === id) say(said.line);
  else if (said.id.startsWith(`${id}/`)) say(`${said.id.slice(id.length + 1)}: ${said.line}`);
}

function gone(id: string): Failure {
  return new Failure('unavailable', `the queue no longer has the job ${id}`, {
    hint: 'Redis lost it; scheduled jobs are added again automatically, add any other job again',
  });
}

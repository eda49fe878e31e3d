/** A stage for tests of the queue: a real Redis, and for each test its own queue. */

import { Queue, QueueEvents } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { sharedRedis, type TestRedis } from './redis.ts';

export interface QueueStage {
  readonly place: ReturnType<TestRedis['place']>;
  /** BullMQ's own view of the queue, next to the program's. */
  readonly bullQueue: Queue;
  readonly events: QueueEvents;
  /** What the test opens, to be closed after it in reverse order. */
  readonly open: { close(): Promise<void> }[];
}

/** Call it once per test file. The result has another queue in each test. */
export function queueStage(): QueueStage {
  let redis: TestRedis;
  const stage = { open: [] } as unknown as {
    -readonly [Part in keyof QueueStage]: QueueStage[Part];
  };
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    stage.place = redis.place();
    stage.bullQueue = new Queue(QUEUE_NAME, queueOptions(stage.place));
    stage.events = new QueueEvents(QUEUE_NAME, queueOptions(stage.place));
    await stage.events.waitUntilReady();
  });
  afterEach(async () => {
    for (const one of stage.open.splice(0).toReversed()) await one.close();
    await stage.events.close();
    await stage.bullQueue.obliterate({ force: true });
    await stage.bullQueue.close();
  });
  return stage;
}

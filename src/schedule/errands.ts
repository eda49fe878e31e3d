/** How tasks that need no ledger are given to other workers, and how their answers come back. */

import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { deserializeError, Failure, type SerializedError } from '../domain/failure.ts';
import { currentRunId, type Log } from '../platform/log.ts';
import { finishesWithin } from '../platform/clock.ts';
import { type Mailbox, mailboxAt } from './mailbox.ts';
import { connectRedis, keyPrefix, type RedisLocation, queueOptions } from './redis.ts';

/** Beside the queue of jobs, one of errands: whoever takes one needs no ledger. */
export const HANDS = 'rentcheck-hands';

/** What travels in the queue; the payload itself waits in its mailbox. */
export interface Errand {
  readonly id: string;
  readonly run: string | undefined;
}

/** Where an errand's payload waits, and where its answer is put. */
export function mailboxKeys(place: RedisLocation, id: string): { payload: string; answer: string } {
  const key = `${keyPrefix(place)}:${HANDS}-mail:${id}`;
  return { payload: `${key}:payload`, answer: `${key}:answer` };
}

export interface Errands {
  /**
   * Has the deed done by some worker, and hands on what it tells, value by value.
   * @throws {Failure} its own failure; `unavailable` where nobody took it, or who did fell silent.
   */
  run(deed: string, payload: unknown): AsyncIterable<unknown>;
  close(): Promise<void>;
}

export interface ErrandsWish {
  readonly place: RedisLocation;
  readonly log: Log;
  readonly patience?: Patience;
}

/** For how many seconds an errand may lie untaken, and who took it be silent. */
export interface Patience {
  readonly untaken: number;
  readonly silent: number;
}

/** How long letting go may take where Redis does not answer. */
const GOODBYE_MS = 2_000;
const PATIENCE: Patience = { untaken: 600, silent: 30 };

/** Asks for the errands' queue; a connection of its own waits for each answer. */
export function openErrands({ place, log, patience = PATIENCE }: ErrandsWish): Errands {
  const queue = new Queue(HANDS, queueOptions(place));
  queue.on('error', (error) => log.warn('errands', { problem: error.message }));
  return {
    async *run(deed, payload) {
      const id = randomUUID();
      const redis = connectRedis(place);
      redis.on('error', (error: Error) =>
        log.warn('task connection error', { problem: error.message }),
      );
      const keys = mailboxKeys(place, id);
      const answer = mailboxAt(redis, keys.answer);
      try {
        await mailboxAt(redis, keys.payload).say({ kind: 'value', value: payload });
        const errand: Errand = { id, run: currentRunId() };
        await queue.add(deed, errand, { jobId: id, removeOnComplete: true, removeOnFail: true });
        yield* answers(answer, patience);
      } finally {
        await forget(queue, redis, { id, ...keys });
      }
    },
    close: async () => void (await finishesWithin(GOODBYE_MS, queue.close())),
  };
}

async function* answers(mailbox: Mailbox, patience: Patience): AsyncIterable<unknown> {
  for (let taken = false; ; taken = true) {
    const word = await mailbox.hear(taken ? patience.silent : patience.untaken);
    if (word === undefined) throw nobody(taken);
    if (word.kind === 'done') return;
    if (word.kind === 'failed') throw fromAnother(deserializeError(word.value as SerializedError));
    if (word.kind === 'value') yield word.value;
  }
}

/** A bug says that it did not strike here. */
function fromAnother(error: Error): Error {
  if (!(error instanceof Failure)) error.message = `bug in another worker: ${error.message}`;
  return error;
}

function nobody(taken: boolean): Failure {
  const what = taken
    ? 'the worker that ran a part of this job stopped responding'
    : 'no worker started the task';
  const hint = taken ? 'another worker retries it' : 'start one: rentcheck worker --role hands';
  return new Failure('unavailable', what, {
    hint: `no data is lost; ${hint}`,
    retryAfterMs: 1_000,
  });
}

interface Traces {
  readonly id: string;
  readonly payload: string;
  readonly answer: string;
}

/** An errand that nobody took any more, or that was given up, leaves nothing behind. */
async function forget(queue: Queue, redis: Redis | Cluster, traces: Traces): Promise<void> {
  try {
    await queue.remove(traces.id);
    await redis.del(traces.payload, traces.answer);
  } finally {
    redis.disconnect();
  }
}

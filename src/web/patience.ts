/** Adds a timeout to every call of the queue, so that a page does not wait for it. */

import { Failure } from '../domain/failure.ts';
import { finishesWithin } from '../platform/atMost.ts';
import type { WebQueue } from './board.ts';

const TIMEOUT_MS = 5_000;

/** The same queue, but each call fails as `unavailable` after five seconds. */
export function withTimeouts(board: WebQueue): WebQueue {
  return {
    bullQueue: board.bullQueue,
    enqueue: (request) => inTime(board.enqueue(request), MAY_BE_ADDED),
    state: (id) => inTime(board.state(id)),
    jobLog: (id) => inTime(board.jobLog(id)),
    childJobs: (id) => inTime(board.childJobs(id)),
    listJobs: (states, most) => inTime(board.listJobs(states, most)),
    countJobs: () => inTime(board.countJobs()),
  };
}

const NOT_LOST = 'check that Redis or Valkey runs. Jobs in it are not lost';
/** The Redis client sends a pending request once the queue is available again. */
const MAY_BE_ADDED =
  'the job may still be added once Redis or Valkey is back. Look at the jobs before you repeat it';

async function inTime<T>(result: Promise<T>, hint = NOT_LOST): Promise<T> {
  if (await finishesWithin(TIMEOUT_MS, result)) return result;
  throw new Failure('unavailable', 'the queue does not answer', { hint });
}

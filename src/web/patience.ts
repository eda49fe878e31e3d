/** Limits how long a page waits for the queue. */

import { Failure } from '../domain/failure.ts';
import { atMost } from '../platform/atMost.ts';
import type { Board } from './board.ts';

const PATIENCE_MS = 5_000;

/** The same queue; what it does not answer in time fails as `unavailable`. */
export function patient(board: Board): Board {
  return {
    board: board.board,
    enqueue: (wish) => inTime(board.enqueue(wish), MAY_COME),
    state: (id) => inTime(board.state(id)),
    lines: (id) => inTime(board.lines(id)),
    parts: (id) => inTime(board.parts(id)),
    list: (states, most) => inTime(board.list(states, most)),
    counts: () => inTime(board.counts()),
  };
}

const NOT_LOST = 'check that Redis or Valkey runs. Jobs in it are not lost';
/** A request to a queue that is away is sent once it is back. */
const MAY_COME =
  'the job may still be added once Redis or Valkey is back. Look at the jobs before you repeat it';

async function inTime<T>(asked: Promise<T>, hint = NOT_LOST): Promise<T> {
  if (await atMost(PATIENCE_MS, asked)) return asked;
  throw new Failure('unavailable', 'the queue does not answer', { hint });
}

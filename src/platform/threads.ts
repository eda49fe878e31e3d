/** Threads: heavy work beside the event loop, each in one of its own whose memory is given back. */

import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Failure } from '../domain/failure.ts';
import { heardError, type ToldError } from '../domain/toldError.ts';

/** What a thread is started with. */
export interface ThreadWish {
  readonly deed: string;
  readonly payload: unknown;
}

/** What a thread says: lines on its way, then how it ended. */
export type ThreadWord =
  | { readonly said: string }
  | { readonly done: unknown }
  | { readonly failed: ToldError };

export interface ThreadsWish {
  /** The program of a thread: it is told a {@link ThreadWish}, and says {@link ThreadWord}s. */
  readonly entry: URL;
  /** Megabytes that a thread's heap may take; as many as this process may unless told. */
  readonly mostMb?: number;
}

export interface Threads {
  /**
   * Has the deed done in a thread; bigints, maps and bytes arrive as they were, functions do not.
   * @throws {Failure} its own failure; `too-large` where the thread ran out of memory, `not-writer`
   *   where {@link Threads.end} ended it. A bug throws as it did there.
   */
  run(wish: ThreadWish, say?: (line: string) => void): Promise<unknown>;
  /** Ends what runs and what waits, at once; what is asked for later runs. */
  end(): Promise<void>;
}

/** More would only take each other's time and memory. */
const AT_ONCE = 2;
const MEGABYTE = 1024 * 1024;
/** What is read a million times dies at once: a larger nursery costs memory and saves no time. */
const YOUNG_MB = 24;
/** By then whoever took the role works at it. */
const SOON_MS = 2_000;

export function openThreads({ entry, mostMb = heapMegabytes() }: ThreadsWish): Threads {
  const running = new Set<Running>();
  const places = createPlaces(AT_ONCE);
  let term = 0;
  return {
    async run(wish, say = () => undefined) {
      const begun = term;
      await places.enter();
      try {
        if (term !== begun) throw endedEarly(wish);
        const thread = started(entry, { wish, mostMb, say });
        running.add(thread);
        return await thread.answer.finally(() => running.delete(thread));
      } finally {
        places.leave();
      }
    },
    async end() {
      term += 1;
      await Promise.all([...running].map((thread) => thread.end()));
    },
  };
}

/** A thread by itself would be given less than the process that it is part of. */
function heapMegabytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit / MEGABYTE);
}

/** So many at once; a place that is left goes to whoever has waited longest. */
function createPlaces(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async enter() {
      if (free === 0) return new Promise<void>((go) => waiting.push(go));
      free -= 1;
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

interface Running {
  readonly answer: Promise<unknown>;
  end(): Promise<unknown>;
}

interface Start {
  readonly wish: ThreadWish;
  readonly mostMb: number;
  readonly say: (line: string) => void;
}

function started(entry: URL, { wish, mostMb, say }: Start): Running {
  const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>();
  const resourceLimits = { maxOldGenerationSizeMb: mostMb, maxYoungGenerationSizeMb: YOUNG_MB };
  const thread = new Worker(entry, { workerData: wish, resourceLimits });
  let last: ThreadWord | undefined;
  let problem: Error | undefined;
  thread.on('message', (word: ThreadWord) => {
    if ('said' in word) say(word.said);
    else last = word;
  });
  thread.on('error', (error) => {
    problem = asFailure(error, wish, mostMb);
  });
  // Only once it is gone is its memory free for the next one.
  thread.on('exit', (code) => {
    if (last !== undefined && 'done' in last) resolve(last.done);
    else if (last !== undefined && 'failed' in last) reject(heardError(last.failed));
    else reject(problem ?? diedOf(code, wish));
  });
  const end = () => {
    problem = endedEarly(wish);
    return thread.terminate();
  };
  return { answer, end };
}

function asFailure(error: Error, { deed }: ThreadWish, mostMb: number): Error {
  const code: unknown = Reflect.get(error, 'code');
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const what = `the ${deed} needs more than its memory limit of ${mostMb} MB`;
  return new Failure('too-large', what, {
    hint: 'give the worker more memory, e.g. NODE_OPTIONS=--max-old-space-size=8192',
    cause: error,
  });
}

function endedEarly({ deed }: ThreadWish): Failure {
  return new Failure('not-writer', `the ${deed} was stopped because this worker stopped`, {
    hint: 'no data is lost; the active worker starts it again',
    retryAfterMs: SOON_MS,
  });
}

function diedOf(code: number, { deed }: ThreadWish): Error {
  return new Error(`the thread of the ${deed} exited with ${code} before it finished`);
}

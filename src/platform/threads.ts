/**
 * Runs heavy work in worker threads, beside the event loop. Each run gets its own thread, whose
 * memory is freed afterwards.
 */

import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { deserializeError, Failure, type SerializedError } from '../domain/failure.ts';

/** The task that a thread runs, and its input. */
export interface ThreadTask {
  readonly name: string;
  readonly payload: unknown;
}

/** A message from a thread: progress lines, then the result or the error. */
export type ThreadMessage =
  | { readonly said: string }
  | { readonly done: unknown }
  | { readonly failed: SerializedError };

export interface ThreadsOptions {
  /** The script of a thread. It gets a {@link ThreadTask} and sends {@link ThreadMessage}s. */
  readonly entry: URL;
  /** The heap limit of a thread in megabytes. Default: the limit of this process. */
  readonly mostMb?: number;
}

export interface Threads {
  /**
   * Runs the task in a thread. Bigints, maps and bytes are passed unchanged, functions are not.
   * @throws {Failure} the failure of the task; `too-large` if the thread ran out of memory,
   * `not-writer` if {@link Threads.end} stopped it. A bug is thrown as is.
   */
  run(task: ThreadTask, say?: (line: string) => void): Promise<unknown>;
  /** Stops running and waiting tasks at once. Later tasks run again. */
  end(): Promise<void>;
}

/** More threads would only compete for time and memory. */
const AT_ONCE = 2;
const MEGABYTE = 1024 * 1024;
/** Most objects are short-lived. A larger young generation uses memory and saves no time. */
const YOUNG_MB = 24;
/** By then the next leader is at work. */
const SOON_MS = 2_000;

export function openThreads({ entry, mostMb = heapMegabytes() }: ThreadsOptions): Threads {
  const running = new Set<Running>();
  const slots = createSlots(AT_ONCE);
  let generation = 0;
  return {
    async run(task, say = () => undefined) {
      const startedIn = generation;
      await slots.enter();
      try {
        if (generation !== startedIn) throw stoppedEarly(task);
        const thread = startThread(entry, { task, mostMb, say });
        running.add(thread);
        return await thread.answer.finally(() => running.delete(thread));
      } finally {
        slots.leave();
      }
    },
    async end() {
      generation += 1;
      await Promise.all([...running].map((thread) => thread.end()));
    },
  };
}

/** The default limit of a thread is lower than that of its process. */
function heapMegabytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit / MEGABYTE);
}

/** A semaphore. A free slot goes to the task that has waited longest. */
function createSlots(count: number) {
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
  readonly task: ThreadTask;
  readonly mostMb: number;
  readonly say: (line: string) => void;
}

function startThread(entry: URL, { task, mostMb, say }: Start): Running {
  const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>();
  const resourceLimits = { maxOldGenerationSizeMb: mostMb, maxYoungGenerationSizeMb: YOUNG_MB };
  const thread = new Worker(entry, { workerData: task, resourceLimits });
  let last: ThreadMessage | undefined;
  let problem: Error | undefined;
  thread.on('message', (message: ThreadMessage) => {
    if ('said' in message) say(message.said);
    else last = message;
  });
  thread.on('error', (error) => {
    problem = asFailure(error, task, mostMb);
  });
  // Wait for the exit: only then is the memory free for the next thread.
  thread.on('exit', (code) => {
    if (last !== undefined && 'done' in last) resolve(last.done);
    else if (last !== undefined && 'failed' in last) reject(deserializeError(last.failed));
    else reject(problem ?? exitedEarly(code, task));
  });
  const end = () => {
    problem = stoppedEarly(task);
    return thread.terminate();
  };
  return { answer, end };
}

function asFailure(error: Error, { name }: ThreadTask, mostMb: number): Error {
  const code: unknown = Reflect.get(error, 'code');
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const what = `the ${name} needs more than its memory limit of ${mostMb} MB`;
  return new Failure('too-large', what, {
    hint: 'give the worker more memory, e.g. NODE_OPTIONS=--max-old-space-size=8192',
    cause: error,
  });
}

function stoppedEarly({ name }: ThreadTask): Failure {
  return new Failure('not-writer', `the ${name} was stopped because this worker stopped`, {
    hint: 'no data is lost; the active worker starts it again',
    retryAfterMs: SOON_MS,
  });
}

function exitedEarly(code: number, { name }: ThreadTask): Error {
  return new Error(`the thread of the ${name} exited with ${code} before it finished`);
}

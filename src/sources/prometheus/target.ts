/** Reads a deployment's window in chunks; asks for less or by name where the server wants it. */

import type { FailureCode } from '../../domain/failure.ts';
import { instantText, type Period, period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { type Engine, engineOf } from '../engines/engine.ts';
import type { UsageTarget } from '../source.ts';
import type { Reply, Server } from './asking.ts';
import { type Backend, backendAt } from './backend.ts';
import { askUsage, type Chunk, type ChunkOutcome, outcomeOf } from './chunk.ts';
import { halved, nextChunk } from './chunks.ts';
import { nothingFound } from './nothingFound.ts';
import type { Matrix } from './matrix.ts';

/** After these no further chunk would fare better. */
const HOPELESS: ReadonlySet<FailureCode> = new Set([
  'auth',
  'config',
  'forbidden',
  'not-found',
  'rate-limited',
  'timeout',
  'unavailable',
]);

/** Chunks that may fail one after the other, for reasons of their own, before the rest is left. */
const FAILURES_IN_A_ROW = 3;

/** One deployment's usage, read step by step through the window of a pull. */
export class TargetReader {
  /** Answers that failed, or parts of a window that were left out for them. */
  failures = 0;
  /** Was any server of the deployment found? */
  seen = false;
  readonly #server: Server;
  readonly #target: UsageTarget;
  readonly #engine: Engine;
  /** The end of the whole window: what is given up is given up until then. */
  readonly #endMs: number;
  #hours: number;
  #inARow = 0;
  #isGivenUp = false;
  #note: string | undefined;
  #backend: Backend;

  constructor(server: Server, target: UsageTarget, endMs: number) {
    this.#server = server;
    this.#target = target;
    this.#engine = engineOf(target);
    this.#endMs = endMs;
    this.#hours = server.options.chunkHours;
    this.#backend = backendAt(server.options);
  }

  /** What each chunk of the step brought, in order of time; start times come before their chunk. */
  async *read(step: Period): AsyncGenerator<readonly Fetched[]> {
    for (let fromMs = step.startMs; fromMs < step.endMs && !this.#isGivenUp; ) {
      const window = nextChunk(fromMs, step.endMs, this.#hours);
      const [server, target, backend] = [this.#server, this.#target, this.#backend];
      const chunk: Chunk = { server, target, window, backend, engine: this.#engine };
      const answered = await askUsage(chunk);
      if (this.#asksByName(answered.reply)) continue;
      const fewer = fewerHours(answered.reply, window, this.#hours);
      if (fewer !== undefined) {
        this.#askForLess(fewer);
        continue;
      }
      yield this.#settled(withNote(await outcomeOf(chunk, answered), this.#note));
      fromMs = window.endMs;
    }
  }

  /** A deployment of which nothing was found in all of the window is a slip, and is said to be. */
  async end(window: Period): Promise<Fetched[]> {
    if (this.seen || this.failures > 0) return [];
    const [backend, engine] = [this.#backend, this.#engine];
    return [await nothingFound(this.#server, this.#target, { window, backend, engine })];
  }

  /** From now on, where the server has just said that it takes no pattern of names. */
  #asksByName(reply: Reply<Matrix>): boolean {
    if (reply.ok || reply.refusal !== 'exact-names' || this.#backend.exactNames) return false;
    this.#backend = { ...this.#backend, exactNames: true, parameters: {} };
    this.#note =
      'the server accepts one metric name per query; backend: google avoids the extra attempt';
    return true;
  }

  #askForLess(hours: number): void {
    const refused = `the server refused more than ${hours} h per query`;
    this.#note = `${refused}; chunkHours: ${hours} avoids the extra attempt`;
    this.#hours = hours;
  }

  #settled(outcome: ChunkOutcome): readonly Fetched[] {
    this.#note = undefined;
    this.seen ||= outcome.seen;
    this.#inARow = outcome.failure === undefined ? 0 : this.#inARow + 1;
    if (outcome.failure !== undefined) this.failures += 1;
    this.#isGivenUp = isLast(outcome, this.#inARow);
    return this.#isGivenUp ? cutShort(outcome, this.#endMs) : outcome.fetched;
  }
}

function isLast({ failure }: ChunkOutcome, inARow: number): boolean {
  return failure !== undefined && (HOPELESS.has(failure.code) || inARow >= FAILURES_IN_A_ROW);
}

/** The next smaller number of hours that makes a refused chunk shorter; `undefined` to leave it. */
function fewerHours(reply: Reply<Matrix>, { startMs, endMs }: Period, hours: number) {
  if (reply.ok || reply.refusal !== 'too-much') return undefined;
  let fewer = halved(hours);
  while (fewer !== undefined && nextChunk(startMs, endMs, fewer).endMs === endMs) {
    fewer = halved(fewer);
  }
  return fewer;
}

function withNote(outcome: ChunkOutcome, note: string | undefined): ChunkOutcome {
  const last = outcome.fetched.at(-1);
  if (note === undefined || last === undefined) return outcome;
  const warned = { ...last, warnings: [...(last.warnings ?? []), note] };
  return { ...outcome, fetched: [...outcome.fetched.slice(0, -1), warned] };
}

/** The failure that ends the reading stands for all the rest of the window. */
function cutShort({ fetched }: ChunkOutcome, endMs: number): Fetched[] {
  return fetched.map(({ fetch, ...facts }, index) => {
    const { window, failure } = fetch;
    if (index < fetched.length - 1 || window === undefined || failure === undefined) {
      return { fetch, ...facts };
    }
    const rest = period(window.startMs, endMs);
    const message = `${failure.message}; nothing was read from ${instantText(rest.startMs)} on`;
    return { ...facts, fetch: { ...fetch, window: rest, failure: { ...failure, message } } };
  });
}

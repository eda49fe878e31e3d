/** Knows how a deployment's window is read in chunks, and when to ask for less or to stop. */

import type { FailureCode } from '../../domain/failure.ts';
import { instantText, type Period, period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { UsageTarget } from '../source.ts';
import type { Reply, Server } from './asking.ts';
import { askUsage, type Chunk, type ChunkOutcome, outcomeOf } from './chunk.ts';
import { halved, nextChunk } from './chunks.ts';
import { nothingFound } from './nothingFound.ts';
import type { Matrix } from './series.ts';

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

/**
 * One value for each chunk in order of time; start times, where needed, come before their chunk.
 */
export async function* readTarget(
  server: Server,
  target: UsageTarget,
  window: Period,
): AsyncGenerator<Fetched> {
  let [hours, failures, seen, inARow] = [server.options.chunkHours, 0, false, 0];
  let note: string | undefined;
  for (let fromMs = window.startMs; fromMs < window.endMs; ) {
    const chunk: Chunk = { server, target, window: nextChunk(fromMs, window.endMs, hours) };
    const reply = await askUsage(chunk);
    const fewer = fewerHours(reply, chunk.window, hours);
    if (fewer !== undefined) {
      hours = fewer;
      note = `the server refused more than ${hours} h at once; chunkHours: ${hours} spares the try`;
      continue;
    }
    const outcome = withNote(await outcomeOf(chunk, reply), note);
    note = undefined;
    inARow = outcome.failure === undefined ? 0 : inARow + 1;
    failures += inARow > 0 ? 1 : 0;
    seen ||= outcome.seen;
    if (isLast(outcome, inARow)) {
      yield* cutShort(outcome, window.endMs);
      return;
    }
    yield* outcome.fetched;
    fromMs = chunk.window.endMs;
  }
  if (!seen && failures === 0) yield await nothingFound(server, target, window);
}

function isLast({ failure }: ChunkOutcome, inARow: number): boolean {
  return failure !== undefined && (HOPELESS.has(failure.code) || inARow >= FAILURES_IN_A_ROW);
}

/** The next smaller number of hours that makes a refused chunk shorter; `undefined` to leave it. */
function fewerHours(reply: Reply<Matrix>, { startMs, endMs }: Period, hours: number) {
  if (reply.ok || !reply.tooBig) return undefined;
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

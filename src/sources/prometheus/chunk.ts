/** How one chunk of one deployment is asked for, and what its answers bring. */

import { Failure } from '../../domain/failure.ts';
import { invariant } from '../../domain/invariant.ts';
import { MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Fetch, Fetched } from '../../domain/provenance.ts';
import type { UsageTarget } from '../source.ts';
import type { Backend } from './backend.ts';
import { ask, type Reply, type Server, withFailure } from './asking.ts';
import { type Engine, latencyProbes } from '../engines/engine.ts';
import { type Usage, usageOf } from '../engines/normalize.ts';
import { processesOf, type ServerProcess } from '../engines/processes.ts';
import { readLatency } from './latency.ts';
import { rangeOf } from './questions.ts';
import { queriesByName, usageQuery } from './selector.ts';
import { type Matrix, matrixReading } from './matrix.ts';
import { askStarts, lackingStart } from './starts.ts';

export interface Chunk {
  readonly server: Server;
  readonly target: UsageTarget;
  readonly window: Period;
  readonly backend: Backend;
  readonly engine: Engine;
}

/** What a chunk was answered with; with one query a name, the last answer stands for all. */
export interface Answered {
  readonly before: readonly Fetched[];
  readonly reply: Reply<Matrix>;
}

export interface ChunkOutcome {
  /** In the order of asking; a failure is in the last one. */
  readonly fetched: readonly Fetched[];
  readonly failure?: Failure;
  /** Was any server of the deployment found? */
  readonly seen: boolean;
}

function horizonOf({ options }: Server): number {
  return options.lookbackMinutes * MINUTE_MS;
}

/**
 * All metrics of the chunk and its surroundings: in one question, or one for each name, of which
 * the first that fails ends the asking.
 */
export async function askUsage(chunk: Chunk): Promise<Answered> {
  const { server, target, window, backend, engine } = chunk;
  const { span, time, seconds } = rangeOf(window, horizonOf(server));
  const queries = backend.exactNames
    ? queriesByName(target, seconds)
    : [usageQuery(target, seconds)];
  const replies: (Reply<Matrix> & { ok: true })[] = [];
  for (const query of queries) {
    const question = {
      kind: 'prometheus.usage',
      about: target.deployment,
      window,
      segments: ['query'],
      query: { query, time, ...backend.parameters },
    };
    const reply = await ask(server, question, matrixReading({ span, engine }));
    if (!reply.ok) return { before: replies.map((one) => fetchedOf(one)), reply };
    replies.push(reply);
  }
  const last = replies.pop();
  invariant(last !== undefined, 'an engine without a metric');
  const series = [...replies, last].flatMap(({ value }) => value.series);
  return {
    before: replies.map((one) => fetchedOf(one)),
    reply: { ...last, value: { ...last.value, series } },
  };
}

/** An answer that tells its facts together with later ones. */
function fetchedOf({ fetch, value, warnings }: Reply<Matrix> & { ok: true }): Fetched {
  const { rejects } = value;
  return { fetch, ...(rejects.length === 0 ? {} : { rejects }), ...warningsOf(warnings) };
}

/** The chunk's usage rows, with a question for start times where they matter; or its failure. */
export async function outcomeOf(chunk: Chunk, answered: Answered): Promise<ChunkOutcome> {
  const outcome = await lastOutcome(chunk, answered.reply);
  return { ...outcome, fetched: [...answered.before, ...outcome.fetched] };
}

async function lastOutcome(chunk: Chunk, reply: Reply<Matrix>): Promise<ChunkOutcome> {
  if (!reply.ok) return { fetched: [{ fetch: reply.fetch }], failure: reply.failure, seen: false };
  const { series } = reply.value;
  try {
    const processes = processesOf(series, [], chunk.engine);
    const seen = processes.length > 0;
    const lacking = lackingStart(processes, chunk.window);
    if (lacking.length === 0) return { fetched: await told(chunk, reply, processes), seen };
    const starts = await startsOf(chunk, lacking);
    const first: Fetched = { fetch: starts.fetch, ...warningsOf(starts.ok ? starts.warnings : []) };
    if (!starts.ok) return { fetched: [first], failure: starts.failure, seen };
    const dated = processesOf(series, starts.value.series, chunk.engine);
    return { fetched: [first, ...(await told(chunk, reply, dated))], seen };
  } catch (error) {
    return refused(chunk, reply.fetch, error);
  }
}

function startsOf({ server, target, window, backend }: Chunk, lacking: readonly ServerProcess[]) {
  const { parameters } = backend;
  const about = target.deployment;
  return askStarts(server, lacking, { about, window, horizonMs: horizonOf(server), parameters });
}

/** What the counters tell, after what the histograms do: the rows close the chunk. */
async function told(
  chunk: Chunk,
  reply: Reply<Matrix> & { ok: true },
  processes: readonly ServerProcess[],
): Promise<Fetched[]> {
  const { server, target, window, engine } = chunk;
  const reading = {
    sourceId: server.id,
    deployment: target.deployment,
    window,
    intervalMs: server.options.interval * SECOND_MS,
    horizonMs: horizonOf(server),
    engine,
  };
  const usage = factsOf(chunk, reply, usageOf(processes, reading));
  const probes = latencyProbes(engine);
  const hasLatency = reply.value.series.some(({ labels }) => {
    return probes.includes(labels['__name__'] ?? '');
  });
  return hasLatency ? [...(await readLatency(chunk, processes, reading)), usage] : [usage];
}

function factsOf(
  { target }: Chunk,
  { fetch, value, warnings }: Reply<Matrix> & { ok: true },
  { rows, parts, warnings: notes }: Usage,
): Fetched {
  const told = [...warnings.map((text) => `${target.deployment}: server: ${text}`), ...notes];
  if (value.rejected > value.rejects.length) {
    told.push(
      `${target.deployment}: ${value.rejected} samples were rejected; the first ones are stored`,
    );
  }
  return {
    fetch,
    usage: rows,
    ...(parts.length === 0 ? {} : { usageParts: parts }),
    ...(value.rejects.length === 0 ? {} : { rejects: value.rejects }),
    ...warningsOf(told),
  };
}

function warningsOf(warnings: readonly string[]): Pick<Fetched, 'warnings'> {
  return warnings.length === 0 ? {} : { warnings };
}

function refused({ target }: Chunk, fetch: Fetch, error: unknown): ChunkOutcome {
  if (!(error instanceof Failure)) throw error;
  const told = withFailure(fetch, error, target.deployment);
  return { fetched: [{ fetch: told }], failure: error, seen: true };
}

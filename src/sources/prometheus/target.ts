/**
 * Reads a deployment's window in chunks, with less per query or one name per query if the server
 * requires it. If nothing matches, the failure lists the label values that exist.
 */

import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { instantText, type Period, period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import {
  type EngineMetrics,
  metricNames,
  PROCESS_START,
  toEngineMetrics,
} from '../engines/engine.ts';
import type { UsageTarget } from '../source.ts';
import { type PrometheusServer, type QueryReply, sendQuery, withFailure } from './sendQuery.ts';
import { type Backend, findBackend } from './options.ts';
import {
  type ChunkOutcome,
  halveChunk,
  nextChunk,
  queryUsage,
  toChunkOutcome,
  type UsageChunk,
} from './chunk.ts';
import type { Matrix } from './matrix.ts';
import { shortText } from '../../platform/json.ts';
import { createAnswerReader } from './answer.ts';
import { toLabelMatcher, toSearch } from './requests.ts';

/** Failures after which no later chunk would succeed. */
const FINAL_FAILURES: ReadonlySet<FailureCode> = new Set([
  'auth',
  'config',
  'forbidden',
  'not-found',
  'rate-limited',
  'timeout',
  'unavailable',
]);

/** After this many failed chunks in a row, the rest is left out. */
const MAX_FAILURES_IN_A_ROW = 3;

/** Reads one deployment's usage step by step through the window of a pull. */
export class TargetReader {
  /** The number of failed answers, and of parts of a window that were left out because of them. */
  failures = 0;
  /** Whether any server of the deployment was found. */
  isSeen = false;
  readonly #server: PrometheusServer;
  readonly #target: UsageTarget;
  readonly #engine: EngineMetrics;
  /** The end of the whole window, up to which data are missing after giving up. */
  readonly #endMs: number;
  #hours: number;
  #failuresInARow = 0;
  #hasGivenUp = false;
  #note: PullWarning | undefined;
  #backend: Backend;

  constructor(server: PrometheusServer, target: UsageTarget, endMs: number) {
    this.#server = server;
    this.#target = target;
    this.#engine = toEngineMetrics(target);
    this.#endMs = endMs;
    this.#hours = server.options.chunkHours;
    this.#backend = findBackend(server.options);
  }

  /**
   * The fetches of each chunk of the step, in order of time. Start times come before their chunk.
   */
  async *read(step: Period): AsyncGenerator<readonly Fetched[]> {
    for (let fromMs = step.startMs; fromMs < step.endMs && !this.#hasGivenUp; ) {
      const window = nextChunk(fromMs, step.endMs, this.#hours);
      const [server, target, backend] = [this.#server, this.#target, this.#backend];
      const chunk: UsageChunk = { server, target, window, backend, engine: this.#engine };
      const answered = await queryUsage(chunk);
      if (this.#switchToNames(answered.reply)) continue;
      const smaller = reduceHours(answered.reply, window, this.#hours);
      if (smaller !== undefined) {
        this.#useFewerHours(smaller);
        continue;
      }
      yield this.#finish(withNote(await toChunkOutcome(chunk, answered), this.#note));
      fromMs = window.endMs;
    }
  }

  /**
   * If nothing was found in the whole window, the match is probably wrong. Returns that failure.
   */
  async end(window: Period): Promise<Fetched[]> {
    if (this.isSeen || this.failures > 0) return [];
    const [backend, engine] = [this.#backend, this.#engine];
    return [await queryLabelValues(this.#server, this.#target, { window, backend, engine })];
  }

  /** Switches to one query per name, if the server has just refused a name pattern. */
  #switchToNames(reply: QueryReply<Matrix>): boolean {
    if (reply.ok || reply.refusal !== 'exact-names' || this.#backend.exactNames) return false;
    this.#backend = { ...this.#backend, exactNames: true, parameters: {} };
    this.#note = { code: 'one-metric-per-query' };
    return true;
  }

  #useFewerHours(hours: number): void {
    this.#note = { code: 'queries-shortened', hours };
    this.#hours = hours;
  }

  #finish(outcome: ChunkOutcome): readonly Fetched[] {
    this.#note = undefined;
    this.isSeen ||= outcome.isSeen;
    this.#failuresInARow = outcome.failure === undefined ? 0 : this.#failuresInARow + 1;
    if (outcome.failure !== undefined) this.failures += 1;
    this.#hasGivenUp = isFinal(outcome, this.#failuresInARow);
    return this.#hasGivenUp ? extendFailure(outcome, this.#endMs) : outcome.fetched;
  }
}

function isFinal({ failure }: ChunkOutcome, failuresInARow: number): boolean {
  return (
    failure !== undefined &&
    (FINAL_FAILURES.has(failure.code) || failuresInARow >= MAX_FAILURES_IN_A_ROW)
  );
}

/** The next smaller number of hours that shortens a refused chunk; `undefined` to leave it out. */
function reduceHours(reply: QueryReply<Matrix>, { startMs, endMs }: Period, hours: number) {
  if (reply.ok || reply.refusal !== 'too-much') return undefined;
  let fewer = halveChunk(hours);
  while (fewer !== undefined && nextChunk(startMs, endMs, fewer).endMs === endMs) {
    fewer = halveChunk(fewer);
  }
  return fewer;
}

function withNote(outcome: ChunkOutcome, note: PullWarning | undefined): ChunkOutcome {
  const last = outcome.fetched.at(-1);
  if (note === undefined || last === undefined) return outcome;
  const withWarning = { ...last, warnings: [...(last.warnings ?? []), note] };
  return { ...outcome, fetched: [...outcome.fetched.slice(0, -1), withWarning] };
}

/** Extends the failure that stopped the reading to the rest of the window. */
function extendFailure({ fetched }: ChunkOutcome, endMs: number): Fetched[] {
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

const SHOWN_VALUES = 10;

const names = z.array(z.string());
const namesReading = createAnswerReader(names, (all) => all);

/** Queries the values of the deployment's label in the window, and returns a failure with them. */
async function queryLabelValues(
  server: PrometheusServer,
  target: UsageTarget,
  { window, backend, engine }: SearchContext,
): Promise<Fetched> {
  const label = 'model_name' in target.match ? 'model_name' : Object.keys(target.match)[0];
  const labelName = label ?? 'model_name';
  const reply = await sendQuery(
    server,
    {
      kind: 'prometheus.label-values',
      about: target.deployment,
      window,
      segments: ['label', labelName, 'values'],
      query: toSearch(toMatchers(backend, engine), window, backend),
    },
    namesReading,
  );
  const values = reply.ok ? reply.value : [];
  const { title, missing } = engine.record;
  const failure = toFailure(target, window, { label: labelName, values, title, missing });
  return { fetch: withFailure(reply.fetch, failure, target.deployment) };
}

interface SearchContext {
  readonly window: Period;
  readonly backend: Backend;
  readonly engine: EngineMetrics;
}

function toMatchers({ exactNames }: Backend, engine: EngineMetrics): string | string[] {
  const names = metricNames(engine).filter((name) => name !== PROCESS_START);
  return exactNames ? names : `{__name__=~"${names.join('|')}"}`;
}

interface LabelSearch {
  readonly label: string;
  readonly values: readonly string[];
  /** The engine's title. */
  readonly title: string;
  /** A possible reason. */
  readonly missing: string | undefined;
}

function toFailure(target: UsageTarget, window: Period, choice: LabelSearch): Failure {
  const { label, values, title, missing } = choice;
  const matchers = Object.entries(target.match).map(([name, value]) => toLabelMatcher(name, value));
  const between = `${instantText(window.startMs)} and ${instantText(window.endMs)}`;
  const selector = `{${shortText(matchers.join(','), 200)}}`;
  const message = `no ${title} counters match ${selector} between ${between}`;
  const more = values.length > SHOWN_VALUES ? ` and ${values.length - SHOWN_VALUES} more` : '';
  const shown = values.slice(0, SHOWN_VALUES).map((value) => JSON.stringify(shortText(value, 60)));
  return values.length === 0
    ? new Failure('no-data', message, {
        hint: missing ?? `check that this server scrapes the ${title} replicas`,
      })
    : new Failure('no-data', `${message}; the values of ${label} are ${shown.join(', ')}${more}`, {
        hint: `set ${label} in the deployment's usage.match to one of these`,
      });
}

/** Pulls one source into the ledger: stores each response as it comes, and reports failures. */

import { clockGap } from '../domain/ledgerFaults.ts';
import { formatCount } from '../domain/figures.ts';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { instantText, MINUTE_MS, type Period, period } from '../domain/period.ts';
import type { Fetched, ProvidedFact } from '../domain/provenance.ts';
import type { UptimeRule } from '../domain/uptime.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { Job, JobContext } from './job.ts';
import { storeConfigRates } from './configRates.ts';
import {
  addToTally,
  newPullTally,
  type PullResult,
  type PullTally,
  toPullJobResult,
  warn,
} from './pullResult.ts';
import { rebuildCharges } from './rebuildCharges.ts';
import {
  type PullProgress,
  resumePull,
  type SectionProgress,
  trackSections,
} from './pullProgress.ts';
import { instantSchema } from './payloadFields.ts';

const payload = z.strictObject({
  source: z.string().min(1),
  from: instantSchema,
  to: instantSchema,
  /** The facts to pull; all that the source provides if absent. */
  facts: z
    .array(z.enum(['charges', 'inventory', 'usage', 'prices', 'rates']))
    .min(1)
    .optional(),
  /** A person has confirmed that what the responses withdraw is right, however much it is. */
  confirmWithdrawal: z.boolean().optional(),
});

/** `pull {source, from, to, facts?, confirmWithdrawal?}`: repeats change nothing. */
export const pullJob: Job<z.output<typeof payload>, PullResult> = {
  name: 'pull',
  payload,
  async run(context, { source, from, to, facts, confirmWithdrawal = false }) {
    if (from >= to)
      throw new Failure('usage', `The period for source "${source}" ends before it starts`);
    const wanted = facts === undefined ? {} : { facts };
    const options = { source, window: period(from, to), ...wanted, confirmWithdrawal };
    const result = await pullFacts(context, options);
    return { ...toPullJobResult([result], context.clock.nowMs()), result };
  },
  figures: ({ source, fetches, added, restated, unchanged, rejected, failures }) => ({
    source,
    fetches,
    added,
    restated,
    unchanged,
    rejected,
    failed: failures.length,
  }),
};

interface PullOptions {
  readonly source: string;
  readonly window: Period;
  readonly facts?: readonly ProvidedFact[];
  readonly confirmWithdrawal?: boolean;
}

/**
 * Pulls one source into the ledger, and records the window as covered if nothing failed.
 * @throws {Failure} `usage` if the config has no such source.
 */
export async function pullFacts(context: JobContext, options: PullOptions): Promise<PullResult> {
  const source = requireSource(context, options.source);
  const wanted = options.facts === undefined ? {} : { facts: options.facts };
  const base = { ...toPullRequest(context, source.id), window: options.window, ...wanted };
  const request = { ...base, ...(await recalled(context, source, base)) };
  const resume = await resumePull(context, source, request);
  const sections = await trackSections(context, source.id);
  const tally = await pullInto(context, { ...options, source, request, resume, sections });
  if (tally.failures.length === 0) {
    const covered = {
      source: source.id,
      facts: options.facts ?? source.provides,
      window: options.window,
    };
    await context.ledger.work.markPulled(covered, context.clock.nowMs());
    await resume.end();
  }
  return tally;
}

async function recalled(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  { id: sourceId, recalls, rereads }: Source,
  { window, facts }: PullRequest,
): Promise<Pick<PullRequest, 'earlier' | 'answers'>> {
  const asks = (fact: ProvidedFact) => facts === undefined || facts.includes(fact);
  const answers =
    rereads === undefined || !asks('usage')
      ? {}
      : { answers: await ledger.facts.storedResponses({ sourceId, ...rereads }, clock.nowMs()) };
  if (recalls === undefined || !asks('charges')) return answers;
  const asOfMs = await ledger.facts.asOfNow(clock.nowMs());
  const earlier = await ledger.facts.sightings({ sourceId, window, ...recalls }, asOfMs);
  return { ...answers, earlier };
}

/**
 * Returns the source with this ID.
 * @throws {Failure} `usage` if the config has no such source.
 */
export function requireSource(context: JobContext, id: string): Source {
  const source = context.sources.get(id);
  if (source !== undefined) return source;
  const pulled = [...context.sources.keys()].join(', ');
  const expected = pulled === '' ? 'a source whose kind is not import' : `one of: ${pulled}`;
  if (id === 'import' || context.config.sources.some((declared) => declared.id === id)) {
    const message = `Cannot pull "${id}": its kind is import, so its data comes from files`;
    const hint = `import a file: rentcheck import charges FILE --source ${id}`;
    throw new Failure('usage', message, { expected, hint });
  }
  throw new Failure('usage', `Unknown source "${id}"`, {
    expected,
    hint: 'use a source of rentcheck.yaml, or add this one under sources',
  });
}

interface Pulling {
  readonly source: Source;
  readonly request: PullRequest;
  readonly resume: PullProgress;
  readonly sections: SectionProgress;
  readonly confirmWithdrawal?: boolean;
}

async function pullInto(context: JobContext, pulling: Pulling): Promise<PullTally> {
  const { source, resume, sections, confirmWithdrawal = false } = pulling;
  const tally = newPullTally(source.id);
  const gap = clockGap(await context.ledger.facts.lastRecordedMs(), context.clock.nowMs());
  if (gap !== undefined) warn(tally, [gap]);
  warn(tally, await storeConfigRates(context));
  const resumption = resume.atMs === undefined ? {} : { resumeAtMs: resume.atMs };
  if (resume.atMs !== undefined) {
    warn(tally, [{ code: 'pull-resumed', at: instantText(resume.atMs) }]);
  }
  const { pullStallMs: stallMs, pullMostMs: mostMs } = context.config.http;
  const rules: UptimeRule[] = [];
  const answers = source.pull({ ...pulling.request, ...resumption, known: sections.known });
  for await (const answer of readResponses(answers, { stallMs, mostMs })) {
    const fetched =
      answer === STALLED || answer === OUT_OF_TIME ? toTimeout(context, pulling, answer) : answer;
    // The time of recording, not the start of the pull: an audit that reads meanwhile must not see
    // it.
    const nowMs = context.clock.nowMs();
    const outcome = await context.ledger.facts.append(fetched, nowMs, { confirmWithdrawal });
    tally.added += outcome.added;
    tally.restated += outcome.restated;
    tally.unchanged += outcome.unchanged;
    addToTally(tally, fetched, outcome);
    if (fetched.rebuild !== undefined && outcome.failure === undefined) rules.push(fetched.rebuild);
    await sections.note(fetched, outcome.failure === undefined && outcome.rejected === 0);
    const { toldUpToMs } = fetched;
    if (toldUpToMs !== undefined && tally.failures.length === 0) await resume.note(toldUpToMs);
    context.progress(progressText(tally, pulling.request.window, toldUpToMs));
  }
  for (const rule of rules) await rebuildCharges(context, source.id, { rule, tally });
  return tally;
}

/** `prom: read up to 2026-03-05T00:00:00Z, 17% of the period; 63 responses, 18,144 new facts`. */
function progressText(tally: PullTally, { startMs, endMs }: Period, toldUpToMs?: number): string {
  const facts =
    `${formatCount(tally.fetches, 'response')}, ` + formatCount(tally.added, 'new fact');
  if (toldUpToMs === undefined) return `${tally.source}: ${facts}`;
  const percent = Math.floor((100 * (toldUpToMs - startMs)) / (endMs - startMs));
  const upTo = `read up to ${instantText(toldUpToMs)}, ${percent}% of the period`;
  return `${tally.source}: ${upTo}; ${facts}`;
}

/** Returns a timeout, so that the pull is repeated as after any other timeout. */
function toTimeout(
  { clock, config }: JobContext,
  { source, request }: Pulling,
  reason: typeof STALLED | typeof OUT_OF_TIME,
): Fetched {
  const endedAtMs = clock.nowMs();
  const { pullStallMs, pullMostMs } = config.http;
  const waitedMs = reason === STALLED ? pullStallMs : pullMostMs;
  const minutes = formatCount(waitedMs / MINUTE_MS, 'minute');
  const message =
    reason === STALLED
      ? `The pull of ${source.id} was stopped after ${minutes} without a valid response. ` +
        'Earlier responses are stored. Check the source with rentcheck doctor, or raise ' +
        'http.pullStallMinutes'
      : `The pull of ${source.id} was stopped after ${minutes}. Its responses so far are stored. ` +
        'Pull again to get the rest, or raise http.pullMinutes';
  const failure = { code: 'timeout', message } as const;
  const times = { startedAtMs: endedAtMs - waitedMs, endedAtMs };
  const { id: sourceId } = source;
  const { window } = request;
  return {
    fetch: { sourceId, kind: 'pull', url: `source:${sourceId}`, window, ...times, failure },
  };
}

/**
 * Returns what the config needs from a source: usage, also as a gateway, GPU telemetry, and models
 * for prices.
 */
export function toPullRequest(
  { config }: Pick<JobContext, 'config'>,
  id: string,
): Omit<PullRequest, 'window'> {
  const { deployments } = config;
  const metered = deployments.flatMap(({ id: deployment, gateway }) => {
    if (gateway?.source !== id) return [];
    const { source: _source, ...settings } = gateway;
    return [{ deployment, engine: 'gateway', ...settings }];
  });
  const usage = deployments.flatMap(({ id: deployment, usage: section }) => {
    if (section?.source !== id) return [];
    const { source: _source, telemetry: _telemetry, ...settings } = section;
    return [{ deployment, ...settings }];
  });
  const telemetry = deployments.flatMap(({ id: deployment, usage: section }) =>
    section?.telemetry?.source === id ? [{ deployment, match: section.telemetry.match }] : [],
  );
  const models = deployments
    .flatMap((deployment) => deployment.hosted?.equivalents ?? [])
    .filter((equivalent) => equivalent.via === id)
    .map((equivalent) => equivalent.model);
  const watched = telemetry.length === 0 ? {} : { telemetry };
  return { usage: [...usage, ...metered], ...watched, models: [...new Set(models)] };
}

/** The pull was stopped: no valid response for `stallMs`. */
const STALLED = Symbol('stalled');

/** The pull was stopped: it took longer than `mostMs`. */
const OUT_OF_TIME = Symbol('out of time');

/** How long a pull may take. */
export interface PullTimeouts {
  readonly stallMs: number;
  readonly mostMs: number;
}

/**
 * Yields the responses of the source in order. Each valid response restarts the stall timer. A
 * source that hangs or keeps failing ends with one {@link STALLED}, one that never ends with one
 * {@link OUT_OF_TIME}. Whatever the source does after that is ignored.
 */
async function* readResponses(
  source: AsyncIterable<Fetched>,
  { stallMs, mostMs }: PullTimeouts,
): AsyncIterable<Fetched | typeof STALLED | typeof OUT_OF_TIME> {
  const responses = source[Symbol.asyncIterator]();
  const stall = timer(stallMs, STALLED);
  const most = timer(mostMs, OUT_OF_TIME);
  try {
    for (;;) {
      const next = await Promise.race([responses.next(), stall.over, most.over]);
      if (next === STALLED || next === OUT_OF_TIME) {
        yield next;
        return;
      }
      if (next.done === true) return;
      if (next.value.fetch.failure === undefined) stall.begin();
      yield next.value;
    }
  } finally {
    stall.end();
    most.end();
    // A hanging source settles this call much later; its result is ignored.
    responses.return?.().then(ignore, ignore);
  }
}

function timer<End>(afterMs: number, reason: End) {
  const { promise: over, resolve } = Promise.withResolvers<End>();
  let running: NodeJS.Timeout | undefined;
  const end = () => clearTimeout(running);
  const begin = () => {
    end();
    running = setTimeout(() => resolve(reason), afterMs);
  };
  begin();
  return { over, begin, end };
}

function ignore(): void {}

/**
 * Knows how one source is pulled into the ledger: each answer stored as it comes, failures
 * reported.
 */

import { clockGap } from '../domain/clockGap.ts';
import { counted } from '../domain/counted.ts';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { MINUTE_MS, type Period, period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { PullRequest, Source, SourceFact } from '../sources/source.ts';
import { answersOf, STALLED } from './answers.ts';
import type { JobContext } from './context.ts';
import type { Job } from './job.ts';
import { newTally, note, type PullResult, summed } from './pullResult.ts';
import { instantSchema } from './window.ts';

const payload = z.strictObject({
  source: z.string().min(1),
  from: instantSchema,
  to: instantSchema,
  /** What is wanted of it; all that it tells where absent. */
  facts: z
    .array(z.enum(['charges', 'inventory', 'usage', 'prices', 'rates']))
    .min(1)
    .optional(),
  /** A person has looked: what the answers withdraw is right, however much it is. */
  confirmWithdrawal: z.boolean().optional(),
});

/** `pull {source, from, to, facts?, confirmWithdrawal?}`: repeats change nothing. */
export const pullJob: Job<z.output<typeof payload>, PullResult> = {
  name: 'pull',
  payload,
  async run(context, { source, from, to, facts, confirmWithdrawal = false }) {
    if (from >= to) throw new Failure('usage', `the window of "${source}" ends before it starts`);
    const wanted = facts === undefined ? {} : { facts };
    const wish = { source, window: period(from, to), ...wanted, confirmWithdrawal };
    const result = await pullFacts(context, wish);
    return { ...summed([result], context.clock.nowMs()), result };
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

interface PullWish {
  readonly source: string;
  readonly window: Period;
  readonly facts?: readonly SourceFact[];
  readonly confirmWithdrawal?: boolean;
}

/**
 * Pulls one source into the ledger, and records the window as covered where nothing failed.
 * @throws {Failure} `usage` where config names no such source.
 */
export async function pullFacts(context: JobContext, wish: PullWish): Promise<PullResult> {
  const source = sourceNamed(context, wish.source);
  const tally = await pullInto(context, source, wish);
  if (tally.failures.length === 0) {
    const told = { source: source.id, facts: wish.facts ?? source.tells, window: wish.window };
    await context.ledger.markPulled(told, context.clock.nowMs());
  }
  return tally;
}

/** @throws {Failure} `usage` where config names no such source. */
export function sourceNamed(context: JobContext, id: string): Source {
  const source = context.sources.get(id);
  if (source !== undefined) return source;
  const pulled = [...context.sources.keys()].join(', ');
  const expected = pulled === '' ? 'a source that is asked over HTTP' : `one of: ${pulled}`;
  if (id === 'import' || context.config.sources.some((declared) => declared.id === id)) {
    const message = `cannot pull "${id}": its kind is import, so its facts come from files`;
    const hint = `bring a file of it: rentcheck import charges FILE --source ${id}`;
    throw new Failure('usage', message, { expected, hint });
  }
  throw new Failure('usage', `unknown source "${id}"`, {
    expected,
    hint: 'name a source of rentcheck.yaml, or declare this one under sources there',
  });
}

async function pullInto(context: JobContext, source: Source, wish: PullWish) {
  const { window, facts, confirmWithdrawal = false } = wish;
  const tally = newTally(source.id);
  const gap = clockGap(await context.ledger.lastRecordedMs(), context.clock.nowMs());
  if (gap !== undefined) tally.warnings.push(`${gap.says}; ${gap.mend}`);
  const wanted = facts === undefined ? {} : { facts };
  const request = { ...requestFor(context, source.id), window, ...wanted };
  for await (const answer of answersOf(source.pull(request), context.config.http.pullStallMs)) {
    const fetched = answer === STALLED ? stalledFetch(context, source.id, window) : answer;
    // When it is recorded, not when the pull began: an audit that reads meanwhile must not see it.
    const nowMs = context.clock.nowMs();
    const outcome = await context.ledger.append(fetched, nowMs, { confirmWithdrawal });
    tally.added += outcome.added;
    tally.restated += outcome.restated;
    tally.unchanged += outcome.unchanged;
    note(tally, fetched, outcome);
    context.progress(
      `${source.id}: ${counted(tally.fetches, 'answer')}, ${counted(tally.added, 'new fact')}`,
    );
  }
  return tally;
}

/** So that the ledger tells of it, and the pull is tried again like after any other timeout. */
function stalledFetch({ clock, config }: JobContext, sourceId: string, window: Period): Fetched {
  const nowMs = clock.nowMs();
  const minutes = config.http.pullStallMs / MINUTE_MS;
  const message =
    `${sourceId} brought no good answer for ${minutes} minutes and was given up; what it had ` +
    'brought before is stored; see whether it answers (rentcheck doctor), or raise ' +
    'http.pullStallMinutes';
  const failure = { code: 'timeout', message } as const;
  const times = { startedAtMs: nowMs - config.http.pullStallMs, endedAtMs: nowMs };
  return {
    fetch: { sourceId, kind: 'pull', url: `source:${sourceId}`, window, ...times, failure },
  };
}

/** What this source is asked: the usage of its deployments and the models whose prices it tells. */
export function requestFor(
  { config }: Pick<JobContext, 'config'>,
  id: string,
): Omit<PullRequest, 'window'> {
  const { deployments } = config;
  const usage = deployments
    .filter((deployment) => deployment.usage?.source === id)
    .map((deployment) => ({
      deployment: deployment.id,
      engine: deployment.usage?.engine ?? 'vllm',
      match: deployment.usage?.match ?? {},
    }));
  const models = deployments
    .flatMap((deployment) => deployment.hosted?.equivalents ?? [])
    .filter((equivalent) => equivalent.via === id)
    .map((equivalent) => equivalent.model);
  return { usage, models: [...new Set(models)] };
}

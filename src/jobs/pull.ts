/**
 * Knows how one source is pulled into the ledger: each answer stored as it comes, failures
 * reported.
 */

import { z } from 'zod';
import { FAILURES, Failure, type FailureCode } from '../domain/failure.ts';
import { type Period, period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { AppendOutcome } from '../ledger/ledger.ts';
import type { PullRequest, Source } from '../sources/source.ts';
import type { JobContext } from './context.ts';
import type { Answer, Job } from './job.ts';
import { instantSchema } from './window.ts';

const payload = z.strictObject({
  source: z.string().min(1),
  from: instantSchema,
  to: instantSchema,
});

export interface PullResult {
  readonly source: string;
  readonly fetches: number;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The first rejects, for a person to look into; the ledger has all of them. */
  readonly rejects: readonly PullReject[];
  readonly failures: readonly PullFailure[];
  readonly warnings: readonly string[];
}

export interface PullReject {
  readonly kind: string;
  /** Counted from 1, in the answer. */
  readonly row: number;
  readonly reason: string;
}

export interface PullFailure {
  readonly kind: string;
  readonly url: string;
  readonly code: FailureCode;
  readonly message: string;
}

const SHOWN_REJECTS = 20;

/** `pull {source, from, to}`: repeats change nothing. */
export const pullJob: Job<z.output<typeof payload>, PullResult> = {
  name: 'pull',
  payload,
  async run(context, { source: id, from, to }) {
    const source = sourceNamed(context, id);
    if (from >= to) throw new Failure('usage', `the window of "${id}" ends before it starts`);
    return answer(await pullInto(context, source, period(from, to)));
  },
};

/** @throws {Failure} `usage` where config names no such source. */
export function sourceNamed(context: JobContext, id: string): Source {
  const source = context.sources.get(id);
  if (source !== undefined) return source;
  throw new Failure('usage', `there is no source "${id}" to pull`, {
    expected: `one of ${[...context.sources.keys()].join(', ') || 'the sources in rentcheck.yaml'}`,
  });
}

async function pullInto(context: JobContext, source: Source, window: Period) {
  const recordedAtMs = context.clock.nowMs();
  const tally = newTally(source.id);
  for await (const fetched of source.pull({ ...requestFor(context, source.id), window })) {
    const outcome = await context.ledger.append(fetched, recordedAtMs);
    tally.added += outcome.added;
    tally.restated += outcome.restated;
    tally.unchanged += outcome.unchanged;
    note(tally, fetched, outcome);
    context.progress(`${source.id}: ${tally.fetches} answers, ${tally.added} new facts`);
  }
  return tally;
}

interface Tally extends PullResult {
  fetches: number;
  added: number;
  restated: number;
  unchanged: number;
  rejected: number;
  readonly rejects: PullReject[];
  readonly failures: PullFailure[];
  readonly warnings: string[];
}

function newTally(source: string): Tally {
  return {
    source,
    fetches: 0,
    added: 0,
    restated: 0,
    unchanged: 0,
    rejected: 0,
    rejects: [],
    failures: [],
    warnings: [],
  };
}

function note(tally: Tally, fetched: Fetched, { rejected, warnings = [] }: AppendOutcome): void {
  tally.fetches += 1;
  tally.rejected += rejected;
  for (const warning of [...(fetched.warnings ?? []), ...warnings]) {
    if (!tally.warnings.includes(warning)) tally.warnings.push(warning);
  }
  const { kind, url, failure } = fetched.fetch;
  const room = SHOWN_REJECTS - tally.rejects.length;
  for (const { position, reason } of (fetched.rejects ?? []).slice(0, Math.max(0, room))) {
    tally.rejects.push({ kind, row: position + 1, reason });
  }
  if (failure !== undefined) tally.failures.push({ kind, url, ...failure });
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

function rejectedText({ source, rejected, rejects: [first] }: PullResult): string {
  const count = `${source}: ${rejected} row${rejected === 1 ? '' : 's'} rejected`;
  if (first === undefined) return count;
  return `${count}; the first is row ${first.row} of ${first.kind}: ${first.reason}`;
}

/**
 * What may pass is tried again; what needs a person stops; what was stored stays stored either way.
 */
function answer(result: PullResult): Answer<PullResult> {
  const shortfalls = result.failures.map(
    ({ kind, code, message }) => `${result.source} (${kind}): ${message} [${code}]`,
  );
  if (result.rejected > 0) shortfalls.push(rejectedText(result));
  const reason = shortfalls.join('; ');
  if (result.failures.some(({ code }) => FAILURES[code].passing)) {
    return { kind: 'retry', reason, result };
  }
  const nothingWorked = result.failures.length > 0 && result.failures.length === result.fetches;
  return nothingWorked ? { kind: 'never', reason, result } : { kind: 'done', result, shortfalls };
}

/** Checks whether a source responds and accepts the key, by a short pull that is not stored. */

import type { FailureCode } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, HOUR_MS, period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import { newWarnings } from '../domain/pullWarning.ts';
import type { PullRequest, Source } from '../sources/source.ts';

/** The last two hours: the shortest period for which every source returns something. */
const LOOK_BACK_MS = 2 * HOUR_MS;

/** The source responds and accepts the key, but cannot answer at the moment. */
const NOT_NOW: readonly FailureCode[] = ['rate-limited', 'not-settled'];

/** Requests what the config needs from the source, for the last two hours. */
export async function examineSource(
  source: Source,
  request: Omit<PullRequest, 'window'>,
  nowMs: number,
): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
  const answers: Fetched[] = [];
  for await (const fetched of source.pull({ ...request, window })) answers.push(fetched);
  const where = { area: 'source', subject: source.id } as const;
  if (answers.length === 0) {
    return [{ ...where, state: 'warn', code: 'source-not-asked', kind: source.kind }];
  }
  const problems = failuresOf(answers).map(({ code: failure, message }): Finding => {
    const state = NOT_NOW.includes(failure) ? 'warn' : 'fail';
    return { ...where, state, code: 'source-failed', failure, message };
  });
  const warnings = newWarnings(answers.flatMap((answer) => answer.warnings ?? []));
  const doubts = warnings.map((warning): Finding => {
    return { ...where, state: 'warn', code: 'source-doubt', warning };
  });
  const unread = answers.flatMap(({ fetch: { kind }, rejects = [] }): Finding[] => {
    const [first] = rejects;
    if (first === undefined) return [];
    const details = { kind, rows: rejects.length, firstReason: first.reason };
    return [{ ...where, state: 'warn', code: 'rows-unreadable', ...details }];
  });
  const good = answers.filter(({ fetch }) => fetch.failure === undefined).length;
  const remarks = answers.flatMap((answer) => answer.remarks ?? []);
  const counts = { answers: answers.length, goodAnswers: good, remarks };
  const fine: Finding = { ...where, state: 'ok', code: 'source-answered', ...counts };
  const short = good === 0 ? [] : await shortMemory(source, request);
  return [...(good === 0 ? [] : [fine]), ...problems, ...unread, ...doubts, ...short];
}

/** The longest quarter. */
const QUARTER_DAYS = 92;

/** Warns if the server keeps less than a quarter, because no later pull can get deleted data. */
async function shortMemory(
  source: Source,
  { usage }: Pick<PullRequest, 'usage'>,
): Promise<Finding[]> {
  const kept = usage.length === 0 ? undefined : await source.retention?.(usage);
  if (kept === undefined || kept.keepsMs >= QUARTER_DAYS * DAY_MS) return [];
  return [
    {
      area: 'source',
      subject: source.id,
      state: 'warn',
      code: 'memory-too-short',
      from: kept.told,
      days: Math.floor(kept.keepsMs / DAY_MS),
      quarterDays: QUARTER_DAYS,
    },
  ];
}

/** Returns each failure code once: a rejected key is rejected everywhere. */
function failuresOf(answers: readonly Fetched[]) {
  const failures = answers.flatMap(({ fetch }) => fetch.failure ?? []);
  const codes = new Map(failures.map((failure) => [failure.code, failure] as const));
  return [...codes.values()];
}

/** Knows whether a source can be reached and lets us in: a short pull of which nothing is kept. */

import { counted } from '../domain/counted.ts';
import { FAILURES, type FailureCode } from '../domain/failure.ts';
import type { Finding } from '../domain/finding.ts';
import { DAY_MS, HOUR_MS, period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import type { Reject } from '../domain/reject.ts';
import type { PullRequest, Source } from '../sources/source.ts';

/** The last two hours: the least that every source answers something about. */
const LOOK_BACK_MS = 2 * HOUR_MS;

/** It is there and lets us in, but not at this moment. */
const NOT_NOW: readonly FailureCode[] = ['rate-limited', 'not-settled'];

/** Where the code's own hint is about a pull. */
const MEND: Readonly<Partial<Record<FailureCode, string>>> = {
  config: 'set the secret, or correct the option that it names',
  unavailable: 'check its address, and the network between',
  timeout: 'check its address and the network, or raise its timeoutSeconds',
};

/** What the config wants of the source, for a short time that has just passed. */
export async function examineSource(
  source: Source,
  wish: Omit<PullRequest, 'window'>,
  nowMs: number,
): Promise<Finding[]> {
  const window = period(nowMs - LOOK_BACK_MS, nowMs);
  const answers: Fetched[] = [];
  for await (const fetched of source.pull({ ...wish, window })) answers.push(fetched);
  const where = { area: 'source' as const, subject: source.id };
  if (answers.length === 0) {
    const says = `nothing asks the source of kind ${source.kind}, so it was not asked either`;
    return [{ ...where, state: 'warn', says, mend: 'name it in a deployment, or remove it' }];
  }
  const problems = failuresOf(answers).map(({ code, message }): Finding => {
    const state = NOT_NOW.includes(code) ? 'warn' : 'fail';
    const mend = MEND[code] ?? FAILURES[code].hint;
    return { ...where, state, says: `${message} [${code}]`, mend };
  });
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings ?? []))];
  const doubts = warnings.map((says): Finding => {
    return { ...where, state: 'warn', says, mend: 'look at match and model in rentcheck.yaml' };
  });
  const rejects = answers.flatMap(({ fetch, rejects: bad = [] }) =>
    bad.length === 0 ? [] : [rejectedRows(fetch.kind, bad)],
  );
  const unread = rejects.map((says): Finding => {
    const mend = 'look at these rows at the provider; all others are taken';
    return { ...where, state: 'warn', says, mend };
  });
  const good = answers.filter(({ fetch }) => fetch.failure === undefined).length;
  const remarks = answers.flatMap((answer) => answer.remarks ?? []);
  const says = [`${good} of ${answers.length} answered`, ...remarks].join('; ');
  const fine: Finding = { ...where, state: 'ok', says };
  const short = good === 0 ? [] : await shortMemory(source, wish);
  return [...(good === 0 ? [] : [fine]), ...problems, ...unread, ...doubts, ...short];
}

/** The longest quarter. */
const QUARTER_DAYS = 92;

/** Said before it hurts: what the server has forgotten no later pull brings. */
async function shortMemory(
  source: Source,
  { usage }: Pick<PullRequest, 'usage'>,
): Promise<Finding[]> {
  const kept = usage.length === 0 ? undefined : await source.retention?.(usage);
  if (kept === undefined || kept.keepsMs >= QUARTER_DAYS * DAY_MS) return [];
  const days = counted(Math.floor(kept.keepsMs / DAY_MS), 'day');
  const says =
    kept.told === 'settings'
      ? `it keeps samples for ${days}, and a quarter has ${QUARTER_DAYS}`
      : `its oldest samples of what is asked are ${days} old, and a quarter has ${QUARTER_DAYS}`;
  const mend = 'keep the worker running, which reads them in time, or have the server keep more';
  return [{ area: 'source', subject: source.id, state: 'warn', says, mend }];
}

function rejectedRows(kind: string, rejects: readonly Reject[]): string {
  const rows = counted(rejects.length, 'row');
  return `${rows} of ${kind} cannot be read; the first: ${rejects[0]?.reason ?? ''}`;
}

/** Each failure once: a key that is refused is refused everywhere. */
function failuresOf(answers: readonly Fetched[]) {
  const failures = answers.flatMap(({ fetch }) => fetch.failure ?? []);
  const codes = new Map(failures.map((failure) => [failure.code, failure] as const));
  return [...codes.values()];
}

/** Finds why a report is late, from the ledger: sources were not pulled, or one did not answer. */

import { lastCronTimeMs, parseCron } from '../domain/cron.ts';
import { HOUR_MS, MINUTE_MS, parseInstant, type Period, period } from '../domain/period.ts';
import { type CronLine, type Schedule, sourcesForLine, providesPrices } from '../domain/rhythm.ts';
import type { LateReport, LateCause } from '../report/words/correction.ts';
import type { JobContext } from './context.ts';
import { toSchedule } from './rhythm.ts';

type LatenessContext = Pick<JobContext, 'ledger' | 'config' | 'sources'>;
type LateTimes = Pick<LateReport, 'dueMs' | 'madeMs'>;

/** A pull may start a little after its scheduled time. */
const SLACK_MS = 10 * MINUTE_MS;

/**
 * Returns what delayed the report for most of the time between its due date and its making. Either
 * scheduled pulls did not run, or a source kept failing. Returns `undefined` if the ledger shows
 * neither, rather than a guess.
 */
export async function findLateCause(
  context: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  return (await findMissedPulls(context, times)) ?? (await findFailingSource(context, times));
}

async function findMissedPulls(
  context: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  const dueText = sqlInstant(times.dueMs);
  const { rows } = await context.ledger.query(`SELECT
    (SELECT max(ended_at) FROM pull_history WHERE started_at <= ${dueText}),
    (SELECT min(started_at) FROM pull_history WHERE started_at > ${dueText})`);
  const [fromMs, toMs] = (rows[0] ?? []).map(instantOf);
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs) return undefined;
  const isCause = wasMissed(toSchedule(context), period(fromMs, toMs)) && coversMost(times, toMs);
  return isCause ? { kind: 'silent', fromMs, toMs } : undefined;
}

/** Whether a scheduled pull fell into a period in which nothing was pulled. */
function wasMissed({ crons, sources }: Schedule, { startMs, endMs }: Period): boolean {
  const asks: Partial<Record<CronLine, boolean>> = {
    usage: sourcesForLine('usage', sources).length > 0,
    bills: sourcesForLine('bills', sources).length > 0,
    prices: sources.some(providesPrices),
  };
  const lines = (Object.keys(asks) as CronLine[]).filter((line) => asks[line]);
  return lines.some((line) => {
    const cron = parseCron(crons[line] ?? '');
    const ringMs = cron === undefined ? undefined : lastCronTimeMs(cron, endMs - SLACK_MS);
    return ringMs !== undefined && ringMs > startMs;
  });
}

async function findFailingSource(
  { ledger }: LatenessContext,
  times: LateTimes,
): Promise<LateCause | undefined> {
  const { rows } = await ledger.query(`SELECT source, count(*), min(started_at), max(ended_at)
    FROM pull_history WHERE failure IS NOT NULL
      AND started_at BETWEEN ${sqlInstant(times.dueMs)} AND ${sqlInstant(times.madeMs)}
    GROUP BY source ORDER BY max(ended_at) DESC, source LIMIT 1`);
  const [source, count, first, last] = rows[0] ?? [];
  const [fromMs, toMs] = [instantOf(first), instantOf(last)];
  if (typeof source !== 'string' || fromMs === undefined || toMs === undefined) return undefined;
  const isCause = fromMs <= times.dueMs + HOUR_MS && coversMost(times, toMs);
  return isCause ? { kind: 'failing', source, times: Number(count), fromMs, toMs } : undefined;
}

/** A cause that ended early does not explain a report that was made long after it. */
function coversMost({ dueMs, madeMs }: LateTimes, toMs: number): boolean {
  return toMs - dueMs > (madeMs - dueMs) / 2;
}

/** Formats an instant as the view does, so that they compare as text. */
function sqlInstant(atMs: number): string {
  return `'${new Date(atMs).toISOString()}'`;
}

function instantOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined;
}

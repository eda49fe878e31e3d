/** Why a report is late, according to the ledger: sources not pulled, or without an answer. */

import { lastRingMs, parseCron } from '../domain/cron.ts';
import { HOUR_MS, MINUTE_MS, parseInstant, type Period, period } from '../domain/period.ts';
import { type CronLine, type Rhythm, sourcesOf, tellsPrices } from '../domain/rhythm.ts';
import type { Late, LateCause } from '../report/words/correction.ts';
import type { JobContext } from './context.ts';
import { rhythmOf } from './rhythm.ts';

type Books = Pick<JobContext, 'ledger' | 'config' | 'sources'>;
type Times = Pick<Late, 'dueMs' | 'madeMs'>;

/** A fetch may begin a little after its ring. */
const SLACK_MS = 10 * MINUTE_MS;

/**
 * What stood in the way for most of the time between due and made: that nothing was fetched though
 * the timetable rang, or that a source failed. `undefined` where the ledger shows neither: a guess
 * is worth less than nothing.
 */
export async function lateCause(books: Books, times: Times): Promise<LateCause | undefined> {
  return (await silence(books, times)) ?? (await failing(books, times));
}

async function silence(books: Books, times: Times): Promise<LateCause | undefined> {
  const due = textOf(times.dueMs);
  const { rows } = await books.ledger.query(`SELECT
    (SELECT max(ended_at) FROM pull_history WHERE started_at <= ${due}),
    (SELECT min(started_at) FROM pull_history WHERE started_at > ${due})`);
  const [fromMs, toMs] = (rows[0] ?? []).map(instantOf);
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs) return undefined;
  const isCause = wasMissed(rhythmOf(books), period(fromMs, toMs)) && isMost(times, toMs);
  return isCause ? { kind: 'silent', fromMs, toMs } : undefined;
}

/** Whether any line that asks a source rang in a time in which nobody was asked. */
function wasMissed({ crons, sources }: Rhythm, { startMs, endMs }: Period): boolean {
  const asks: Partial<Record<CronLine, boolean>> = {
    usage: sourcesOf('usage', sources).length > 0,
    bills: sourcesOf('bills', sources).length > 0,
    prices: sources.some(tellsPrices),
  };
  const lines = (Object.keys(asks) as CronLine[]).filter((line) => asks[line]);
  return lines.some((line) => {
    const cron = parseCron(crons[line] ?? '');
    const ringMs = cron === undefined ? undefined : lastRingMs(cron, endMs - SLACK_MS);
    return ringMs !== undefined && ringMs > startMs;
  });
}

async function failing({ ledger }: Books, times: Times): Promise<LateCause | undefined> {
  const { rows } = await ledger.query(`SELECT source, count(*), min(started_at), max(ended_at)
    FROM pull_history WHERE failure IS NOT NULL
      AND started_at BETWEEN ${textOf(times.dueMs)} AND ${textOf(times.madeMs)}
    GROUP BY source ORDER BY max(ended_at) DESC, source LIMIT 1`);
  const [source, count, first, last] = rows[0] ?? [];
  const [fromMs, toMs] = [instantOf(first), instantOf(last)];
  if (typeof source !== 'string' || fromMs === undefined || toMs === undefined) return undefined;
  const isCause = fromMs <= times.dueMs + HOUR_MS && isMost(times, toMs);
  return isCause ? { kind: 'failing', source, times: Number(count), fromMs, toMs } : undefined;
}

/** What ended early does not explain what was made long after it. */
function isMost({ dueMs, madeMs }: Times, toMs: number): boolean {
  return toMs - dueMs > (madeMs - dueMs) / 2;
}

/** As the view writes them, so that they sort alike. */
function textOf(atMs: number): string {
  return `'${new Date(atMs).toISOString()}'`;
}

function instantOf(value: unknown): number | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined;
}

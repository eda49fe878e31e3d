/** Knows whether the report that was due has gone out, by what the ledger remembers. */

import type { Config } from '../config/config.ts';
import { type DeadMan, deadMan, type Watch, watchedQuarter } from '../domain/deadMan.ts';
import { DAY_MS, parseInstant } from '../domain/period.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { dueRuleOf } from './due.ts';

/** What is looked at. */
export interface Watching {
  readonly config: Pick<Config, 'fiscal' | 'report'>;
  readonly ledger: Pick<Ledger, 'query' | 'workDone' | 'editions' | 'deliveries'>;
  readonly nowMs: number;
}

/** A day, where the config names no dead man: `doctor` and the metric still want to know. */
const GRACE_MS = DAY_MS;

/** `nothing-due` too where the config asks for no report. */
export async function deadManOf(watching: Watching): Promise<DeadMan> {
  const { config, ledger } = watching;
  if (config.report === undefined) return { kind: 'nothing-due' };
  const watch = await watchOf(watching);
  const watched = watchedQuarter(watch);
  if (watched === undefined) return { kind: 'nothing-due' };
  const editions = await ledger.editions({ quarter: watched.quarter });
  const deliveries = await Promise.all(
    editions.map(({ id }) => ledger.deliveries({ edition: id })),
  );
  return deadMan(watch, deliveries.flat());
}

/** By which rule, and since when, reports are owed. */
export async function watchOf({ config, ledger, nowMs }: Watching): Promise<Watch> {
  const beganMs = await began(ledger);
  return {
    rule: dueRuleOf(config),
    graceMs: config.report?.deadMan?.graceMs ?? GRACE_MS,
    nowMs,
    ...(beganMs === undefined ? {} : { beganMs }),
  };
}

/** A worker owes nothing from before its first start; without one the first fact counts. */
async function began(ledger: Watching['ledger']): Promise<number | undefined> {
  const begun = (await ledger.workDone()).find(
    ({ line, subject }) => line === 'begun' && subject === 'quarter',
  );
  if (begun !== undefined) return begun.dueAtMs;
  const { rows } = await ledger.query('SELECT min(started_at) FROM pull_history');
  const first = rows[0]?.[0];
  return typeof first === 'string' ? parseInstant(first) : undefined;
}

/** Whether the report that is due has been sent, according to the ledger. */

import type { Config } from '../config/config.ts';
import {
  type DeadMan,
  deadMan,
  type Leader,
  type Watch,
  watchedQuarter,
} from '../domain/deadMan.ts';
import { DAY_MS, parseInstant } from '../domain/period.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { addressesOf } from './addresses.ts';
import { dueRuleOf } from './due.ts';
import { isHandedOut } from './reported.ts';

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
  const { quarter } = watched;
  // Oldest first, so that the last letter to a reader is the newest.
  const editions = (await ledger.editions({ quarter })).toReversed();
  const deliveries = await Promise.all(
    editions.map(({ id }) => ledger.deliveries({ edition: id })),
  );
  return deadMan(watch, deliveries.flat(), await leadersOf(watching, quarter));
}

/**
 * The leaders whom the config names, until all of them were planned for: a letter to one alone, or
 * to somebody else, is not the report. Who is named later was not promised this one.
 */
async function leadersOf({ config, ledger }: Watching, quarter: string): Promise<Leader[]> {
  if (config.report === undefined || (await isHandedOut({ ledger }, quarter))) return [];
  return addressesOf(config.report, []).filter(({ role }) => role === 'leader');
}

/** By which rule, and since when, reports are owed. */
async function watchOf({ config, ledger, nowMs }: Watching): Promise<Watch> {
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

/** How what is told of usage beside its rows is read back as of a time. */

import type { Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type Period, period } from '../../domain/period.ts';
import type { Demand, UsageFacts } from '../../domain/usageFacts.ts';
import { and, asc, eq, gt, lt } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import {
  gpuActivities,
  latencyHistograms,
  requestCounts,
  usageParts,
} from '../tables/usageFacts.ts';
import { known } from './known.ts';

export interface UsageFactChoice {
  readonly deployment: string;
  readonly window: Period;
  readonly asOfMs: number;
}

const TELLS = `
SELECT
  EXISTS (SELECT 1 FROM usage_part WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM latency_histogram WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM gpu_activity WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM request_count WHERE deployment = :deployment)`;

/** Reads whatever reaches into the window, in the order of its key. */
export function createUsageFactReader(store: Store): (choice: UsageFactChoice) => UsageFacts {
  // Most deployments have none, and a fleet has hundreds of deployments.
  const tells = store.db.prepare(TELLS).safeIntegers(false).raw();
  return (choice) => {
    const { deployment } = choice;
    const [parts, latency, activity, counts] = tells.get({ deployment }) as number[];
    return {
      parts: parts === 1 ? readParts(store, choice) : [],
      latency: latency === 1 ? readLatency(store, choice) : [],
      gpuActivity: activity === 1 ? readActivity(store, choice) : [],
      requestCounts: counts === 1 ? readCounts(store, choice) : [],
    };
  };
}

interface Spanned {
  readonly deployment: Column;
  readonly startMs: Column;
  readonly endMs: Column;
  readonly withdrawn: Column;
  readonly recordedAtMs: Column;
  readonly version: Column;
}

function wanted(
  table: SQLiteTable & Spanned,
  key: readonly Column[],
  { deployment, window, asOfMs }: UsageFactChoice,
) {
  return and(
    eq(table.deployment, deployment),
    lt(table.startMs, window.endMs),
    gt(table.endMs, window.startMs),
    eq(table.withdrawn, false),
    inForce(table, [...key, table.deployment], asOfMs),
  );
}

function readParts({ orm }: Store, choice: UsageFactChoice): UsageFacts['parts'] {
  const { sourceId, startMs, demand, tenant, team, adapter } = usageParts;
  const key = [sourceId, startMs, demand, tenant, team, adapter];
  const rows = orm
    .select()
    .from(usageParts)
    .where(wanted(usageParts, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...of(row),
    uncachedPromptTokens: row.uncachedPromptTokens,
    outputTokens: row.outputTokens,
    ...known({
      demand: named(row.demand) as Demand | null,
      tenant: named(row.tenant),
      team: named(row.team),
      adapter: named(row.adapter),
      cachedPromptTokens: row.cachedPromptTokens,
      requests: row.requests,
    }),
  }));
}

function readLatency({ orm }: Store, choice: UsageFactChoice): UsageFacts['latency'] {
  const { sourceId, measure, startMs } = latencyHistograms;
  const key = [sourceId, measure, startMs];
  const rows = orm
    .select()
    .from(latencyHistograms)
    .where(wanted(latencyHistograms, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...of(row),
    measure: row.measure,
    boundsSeconds: JSON.parse(row.boundsJson) as number[],
    counts: JSON.parse(row.countsJson) as number[],
  }));
}

function readActivity({ orm }: Store, choice: UsageFactChoice): UsageFacts['gpuActivity'] {
  const { sourceId, startMs } = gpuActivities;
  const key = [sourceId, startMs];
  const rows = orm
    .select()
    .from(gpuActivities)
    .where(wanted(gpuActivities, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...of(row),
    gpuMs: row.gpuMs,
    ...known({
      gpuUtilMillionths: row.gpuUtilMillionths,
      engineActiveMillionths: row.engineActiveMillionths,
      tensorActiveMillionths: row.tensorActiveMillionths,
      dramActiveMillionths: row.dramActiveMillionths,
    }),
  }));
}

function readCounts({ orm }: Store, choice: UsageFactChoice): UsageFacts['requestCounts'] {
  const { sourceId, startMs } = requestCounts;
  const key = [sourceId, startMs];
  const rows = orm
    .select()
    .from(requestCounts)
    .where(wanted(requestCounts, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...of(row),
    answered: row.answered,
    ...known({ failed: row.failed, escalated: row.escalated, tokens: row.tokens }),
  }));
}

interface Row {
  readonly sourceId: string;
  readonly deployment: string;
  readonly startMs: number;
  readonly endMs: number;
}

function of({ sourceId, deployment, startMs, endMs }: Row) {
  return { sourceId, deployment, period: period(startMs, endMs) };
}

function named(name: string): string | null {
  return name === '' ? null : name;
}

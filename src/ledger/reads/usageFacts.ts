/** Reads usage facts beside the intervals as of a time: parts, latency, GPU activity, requests. */

import type { Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type Period, period } from '../../domain/period.ts';
import type { Demand, UsageFacts } from '../../domain/usageFacts.ts';
import { getRow, prepareQuery } from '../statement.ts';
import { and, asc, eq, gt, lt, type Store } from '../store.ts';
import { definedFields, inForce } from '../rows.ts';
import { gpuActivities, latencyHistograms, requestCounts, usageParts } from '../tables/usage.ts';

export interface UsageFactChoice {
  readonly deployment: string;
  readonly window: Period;
  readonly asOfMs: number;
}

const EXISTING = `
SELECT
  EXISTS (SELECT 1 FROM usage_part WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM latency_histogram WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM gpu_activity WHERE deployment = :deployment),
  EXISTS (SELECT 1 FROM request_count WHERE deployment = :deployment)`;

/** Reads facts that overlap the window, in the order of their keys. */
export function createUsageFactReader(store: Store): (choice: UsageFactChoice) => UsageFacts {
  // Most deployments have none, and a fleet has hundreds of deployments.
  const existing = prepareQuery<number[]>(store.db, EXISTING).raw();
  return (choice) => {
    const { deployment } = choice;
    const [parts, latency, activity, counts] = getRow(existing, { deployment });
    return {
      parts: parts === 1 ? readParts(store, choice) : [],
      latency: latency === 1 ? readLatency(store, choice) : [],
      gpuActivity: activity === 1 ? readActivity(store, choice) : [],
      requestCounts: counts === 1 ? readCounts(store, choice) : [],
    };
  };
}

interface SpanColumns {
  readonly deployment: Column;
  readonly startMs: Column;
  readonly endMs: Column;
  readonly withdrawn: Column;
  readonly recordedAtMs: Column;
  readonly version: Column;
}

function matching(
  table: SQLiteTable & SpanColumns,
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
    .where(matching(usageParts, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...common(row),
    uncachedPromptTokens: row.uncachedPromptTokens,
    outputTokens: row.outputTokens,
    ...definedFields({
      demand: emptyToNull(row.demand) as Demand | null,
      tenant: emptyToNull(row.tenant),
      team: emptyToNull(row.team),
      adapter: emptyToNull(row.adapter),
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
    .where(matching(latencyHistograms, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...common(row),
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
    .where(matching(gpuActivities, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...common(row),
    gpuMs: row.gpuMs,
    ...definedFields({
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
    .where(matching(requestCounts, key, choice))
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    ...common(row),
    answered: row.answered,
    ...definedFields({ failed: row.failed, escalated: row.escalated, tokens: row.tokens }),
  }));
}

interface SpanRow {
  readonly sourceId: string;
  readonly deployment: string;
  readonly startMs: number;
  readonly endMs: number;
}

function common({ sourceId, deployment, startMs, endMs }: SpanRow) {
  return { sourceId, deployment, period: period(startMs, endMs) };
}

function emptyToNull(name: string): string | null {
  return name === '' ? null : name;
}

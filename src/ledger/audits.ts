/** Stores audits, and finds them by quarter, period or run. */

import type { SQL } from 'drizzle-orm';
import type { AuditRows } from '../domain/auditRow.ts';
import type { Period } from '../domain/period.ts';
import { prepareQuery } from './statement.ts';
import { and, asc, desc, eq, isNotNull, lte, type Store } from './store.ts';
import {
  auditDays,
  auditDeployments,
  auditOptions,
  auditRuns,
  counterfactualDays,
  auditUnattributedDays,
} from './tables/audit.ts';
import { definedFields } from './rows.ts';
import type { Transactions } from './transactions.ts';
import { createInserter } from './writes/insert.ts';

/** Selects an audit: by id, or the newest of a quarter or a period. */
export type AuditChoice =
  | { readonly runId: string }
  /** The newest, or with `asOfMs` the newest that was computed from no later facts. */
  | { readonly quarter: string; readonly asOfMs?: number }
  | { readonly window: Period };

/** What an audit stores for SQL queries and for rendering. All money is in whole nano-USD. */
export interface AuditRecord extends AuditRows {
  /**
   * Deterministic: the same inputs and code give the same id, and storing it again changes nothing.
   */
  readonly runId: string;
  /** E.g. `2026-Q3`. Missing if the period was given by dates. */
  readonly quarter?: string;
  readonly window: Period;
  readonly asOfMs: number;
  readonly computedAtMs: number;
  readonly inputsDigest: string;
  readonly codeVersion: string;
  readonly partial: boolean;
  /** `rentcheck/audit/1` as JSON text. */
  readonly auditJson: string;
  /** The data of the report's charts, as JSON text. */
  readonly detailJson: string;
}

export interface RunVerdict {
  readonly verdict: string;
  /** Saving per quarter; absent if unknown. */
  readonly savingNanoUsd?: bigint;
}

export interface DeploymentState {
  readonly deployment: string;
  readonly quarter: string;
  readonly verdict: string;
  /** Share of the billed time for which usage is known. */
  readonly coverage?: number;
  readonly usdPerMtok?: number;
  readonly spendUsd: number;
  readonly tokens: number;
}

export interface AuditStore {
  /** Returns false if an audit with this `runId` was stored before; nothing changes then. */
  save(record: AuditRecord): Promise<boolean>;
  load(choice: AuditChoice): Promise<AuditRecord | undefined>;
  /** By name, e.g. `2026-Q3`, or `undefined` if no quarter was audited. */
  lastQuarter(): Promise<string | undefined>;
  /** The verdict of every audit, by run ID. */
  verdicts(): Promise<ReadonlyMap<string, RunVerdict>>;
  /** Deployments in the newest audit of the newest audited quarter; empty before any audit. */
  newestDeployments(): Promise<readonly DeploymentState[]>;
}

export function createAuditStore(store: Store, { read, write }: Transactions): AuditStore {
  return {
    save: async (record) => write(() => writeAudit(store, record)),
    load: async (choice) => read(() => readAudit(store, choice)),
    lastQuarter: async () => read(() => readLastQuarter(store)),
    verdicts: async () => read(() => readVerdicts(store)),
    newestDeployments: async () => read(() => readNewestDeployments(store)),
  };
}

type Run = typeof auditRuns.$inferSelect;

/**
 * The audit by its id, or the newest of a quarter or window: the one with the latest facts, then
 * the one computed last.
 */
function readAudit(store: Store, choice: AuditChoice): AuditRecord | undefined {
  const run = store.orm
    .select()
    .from(auditRuns)
    .where(matching(choice))
    .orderBy(desc(auditRuns.asOfMs), desc(auditRuns.computedAtMs), desc(auditRuns.runRef))
    .limit(1)
    .get();
  if (run === undefined) return undefined;
  return { ...toRecord(run), ...readLists(store, run.runRef), ...readDays(store, run.runRef) };
}

function matching(choice: AuditChoice): SQL | undefined {
  if ('runId' in choice) return eq(auditRuns.runId, choice.runId);
  if ('quarter' in choice) {
    const { quarter, asOfMs } = choice;
    const named = eq(auditRuns.quarter, quarter);
    return asOfMs === undefined ? named : and(named, lte(auditRuns.asOfMs, asOfMs));
  }
  return and(
    eq(auditRuns.windowStartMs, choice.window.startMs),
    eq(auditRuns.windowEndMs, choice.window.endMs),
  );
}

function toRecord(run: Run) {
  const { runId, asOfMs, computedAtMs, inputsDigest, codeVersion, partial } = run;
  const { verdict, spendNanoUsd, unattributedNanoUsd, tokens } = run;
  return {
    runId,
    asOfMs,
    computedAtMs,
    inputsDigest,
    codeVersion,
    partial,
    ...definedFields({ quarter: run.quarter }),
    auditJson: run.auditJson,
    detailJson: run.detailJson,
    window: { startMs: run.windowStartMs, endMs: run.windowEndMs },
    stack: {
      verdict,
      spendNanoUsd,
      unattributedNanoUsd,
      tokens,
      ...definedFields({
        probability: run.probability,
        savingNanoUsd: run.savingNanoUsd,
        coverage: run.coverage,
        effectiveUsdPerMtok: run.effectiveUsdPerMtok,
        hostedUsdPerMtok: run.hostedUsdPerMtok,
        lowNanoUsd: run.lowNanoUsd,
        highNanoUsd: run.highNanoUsd,
        keepNanoUsd: run.keepNanoUsd,
        planNanoUsd: run.planNanoUsd,
      }),
    },
  };
}

/** The lists of an audit, in their original order. */
function readLists({ orm }: Store, runRef: number) {
  const deployments = orm
    .select()
    .from(auditDeployments)
    .where(eq(auditDeployments.runRef, runRef))
    .orderBy(asc(auditDeployments.ordinal))
    .all();
  const options = orm
    .select()
    .from(auditOptions)
    .where(eq(auditOptions.runRef, runRef))
    .orderBy(asc(auditOptions.ordinal))
    .all();
  const unattributed = orm
    .select()
    .from(auditUnattributedDays)
    .where(eq(auditUnattributedDays.runRef, runRef))
    .orderBy(asc(auditUnattributedDays.ordinal))
    .all();
  return {
    deployments: deployments.map(withoutNulls),
    options: options.map(withoutNulls),
    unattributed: unattributed.map(withoutNulls),
  };
}

/** The rows of an audit by day, deployment and host. */
function readDays({ orm }: Store, runRef: number) {
  const days = orm
    .select()
    .from(auditDays)
    .where(eq(auditDays.runRef, runRef))
    .orderBy(asc(auditDays.dayMs), asc(auditDays.deployment))
    .all();
  const { dayMs, deployment, host } = counterfactualDays;
  const counterfactuals = orm
    .select()
    .from(counterfactualDays)
    .where(eq(counterfactualDays.runRef, runRef))
    .orderBy(asc(dayMs), asc(deployment), asc(host))
    .all();
  return { days: days.map(withoutNulls), counterfactuals: counterfactuals.map(withoutNulls) };
}

type WithoutNulls<Row> = {
  [Name in keyof Row as Name extends 'runRef' | 'ordinal'
    ? never
    : null extends Row[Name]
      ? never
      : Name]: Row[Name];
} & {
  [Name in keyof Row as null extends Row[Name] ? Name : never]?: NonNullable<Row[Name]>;
};

/** A row without the ledger's own columns and without nulls. */
function withoutNulls<Row extends { runRef: number; ordinal?: number }>(
  row: Row,
): WithoutNulls<Row> {
  const { runRef: _run, ordinal: _ordinal, ...rest } = row;
  return definedFields(rest) as WithoutNulls<Row>;
}

function readLastQuarter({ orm }: Store): string | undefined {
  const { quarter, windowStartMs } = auditRuns;
  const newest = orm.select({ quarter }).from(auditRuns).where(isNotNull(quarter));
  return newest.orderBy(desc(windowStartMs)).limit(1).get()?.quarter ?? undefined;
}

function readVerdicts({ orm }: Store): Map<string, RunVerdict> {
  const { runId, verdict, savingNanoUsd } = auditRuns;
  const rows = orm.select({ runId, verdict, savingNanoUsd }).from(auditRuns).all();
  return new Map(
    rows.map((row) => [
      row.runId,
      { verdict: row.verdict, ...definedFields({ savingNanoUsd: row.savingNanoUsd }) },
    ]),
  );
}

const NEWEST_DEPLOYMENTS = `
SELECT deployment, quarter, verdict, coverage, effective_usd_per_mtok AS usdPerMtok,
  coalesce(spend_usd, 0) AS spendUsd, coalesce(tokens, 0) AS tokens
FROM audit_by_deployment
WHERE run_id = (SELECT run_id FROM audit_by_quarter ORDER BY window_end DESC LIMIT 1)
ORDER BY deployment`;

function readNewestDeployments({ db }: Store): DeploymentState[] {
  type Row = Omit<DeploymentState, 'coverage' | 'usdPerMtok'> & {
    readonly coverage: number | null;
    readonly usdPerMtok: number | null;
  };
  const rows = prepareQuery<Row>(db, NEWEST_DEPLOYMENTS).all();
  return rows.map(({ coverage, usdPerMtok, ...row }) => {
    return { ...row, ...definedFields({ coverage, usdPerMtok }) };
  });
}

/**
 * Writes the audit. Call it inside a transaction. Returns false if its `runId` is already stored.
 */
function writeAudit({ db, orm }: Store, record: AuditRecord): boolean {
  const { runId } = record;
  const known = orm.select({ runId: auditRuns.runId }).from(auditRuns);
  if (known.where(eq(auditRuns.runId, runId)).get() !== undefined) return false;
  const runRef = createInserter(db, auditRuns)(runRow(record));
  const insertDeployment = createInserter(db, auditDeployments);
  for (const [ordinal, row] of record.deployments.entries()) {
    insertDeployment({ ...row, runRef, ordinal });
  }
  const insertOption = createInserter(db, auditOptions);
  for (const [ordinal, row] of record.options.entries()) insertOption({ ...row, runRef, ordinal });
  const insertDay = createInserter(db, auditDays);
  for (const row of record.days) insertDay({ ...row, runRef });
  const insertCounterfactual = createInserter(db, counterfactualDays);
  for (const row of record.counterfactuals) insertCounterfactual({ ...row, runRef });
  const insertUnattributed = createInserter(db, auditUnattributedDays);
  for (const [ordinal, row] of record.unattributed.entries()) {
    insertUnattributed({ ...row, runRef, ordinal });
  }
  return true;
}

function runRow(record: AuditRecord): typeof auditRuns.$inferInsert {
  const { window, stack, runId, quarter, asOfMs, computedAtMs, inputsDigest } = record;
  const { codeVersion, partial, auditJson, detailJson } = record;
  return {
    runId,
    quarter,
    asOfMs,
    computedAtMs,
    inputsDigest,
    codeVersion,
    partial,
    auditJson,
    detailJson,
    ...stack,
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
  };
}

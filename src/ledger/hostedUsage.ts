/** Reads tokens bought from providers as of a time. */

import type { HostedUsage } from '../domain/usage.ts';
import { nanoUsd } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import { and, asc, eq, gt, gte, inArray, lt, type Store } from './store.ts';
import { definedFields, inForce } from './rows.ts';
import { hostedUsage } from './tables/usage.ts';
import type { Fetched, Located } from '../domain/provenance.ts';
import { fetches } from './tables/provenance.ts';
import type { RepeatLog } from './writes/repeatLog.ts';
import { HOSTED_USAGE } from './writes/factShape.ts';
import { reportFact } from './writes/factReport.ts';
import {
  extendPeriod,
  extendReach,
  type FetchOrigin,
  NO_POSITION,
  type Tally,
} from './writes/tally.ts';
import { createVersionedWriter } from './writes/versioned.ts';

/** Usage that overlaps the window, oldest first. */
export function readHostedUsage({ orm }: Store, window: Period, asOfMs: number): HostedUsage[] {
  const { sourceId, startMs, model, host, serviceTier, endMs, withdrawn } = hostedUsage;
  const key = [startMs, sourceId, model, host, serviceTier];
  const rows = orm
    .select()
    .from(hostedUsage)
    .where(
      and(
        lt(startMs, window.endMs),
        gt(endMs, window.startMs),
        eq(withdrawn, false),
        inForce(hostedUsage, key, asOfMs),
      ),
    )
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    sourceId: row.sourceId,
    model: row.model,
    period: { startMs: row.startMs, endMs: row.endMs },
    uncachedPromptTokens: row.uncachedPromptTokens,
    outputTokens: row.outputTokens,
    ...(row.secondHand ? { secondHand: true as const } : {}),
    ...definedFields({
      host: row.host === '' ? null : row.host,
      serviceTier: row.serviceTier === '' ? null : row.serviceTier,
      cachedPromptTokens: row.cachedPromptTokens,
      cacheWriteTokens: row.cacheWriteTokens,
      reasoningTokens: row.reasoningTokens,
      requests: row.requests,
      usd: row.usd === null ? null : nanoUsd(row.usd),
    }),
  }));
}

export function createHostedUsageWriter(store: Store, repeats: RepeatLog) {
  const { shape, put } = createVersionedWriter(store.db, repeats, HOSTED_USAGE);
  const { nameOf } = repeats;
  return {
    write(located: readonly Located<HostedUsage>[], origin: FetchOrigin, tally: Tally): void {
      for (const { position, fact } of located) {
        const place = { ...origin, position };
        const what = `the usage of ${fact.model}`;
        const result = put(toRow(fact), place);
        reportFact(tally, result, { shape, place, what, fact, nameOf });
        extendReach(tally, result.put, fact.period.endMs);
        extendPeriod(tally, fact.period);
      }
    },
    /** Withdraws what the response no longer contains. Returns the number of rows. */
    withdraw(
      { hostedUsage: present = [], hostedUsageFor: of, fetch }: Fetched,
      origin: FetchOrigin,
    ) {
      if (of === undefined || present.length === 0 || fetch.failure !== undefined) return 0;
      const { sourceId, kind } = fetch;
      const choice = { sourceId, kinds: of.kinds ?? [kind], window: of.window };
      const names = new Set(present.map(({ fact }) => rowKey(toRow(fact))));
      const missing = readInForce(store, choice, origin).filter((row) => !names.has(rowKey(row)));
      for (const row of missing) {
        put({ ...row, withdrawn: true }, { ...origin, position: NO_POSITION });
      }
      return missing.length;
    },
  };
}

interface Selection {
  readonly sourceId: string;
  readonly kinds: readonly string[];
  readonly window: Period;
}

function readInForce({ orm }: Store, { sourceId, kinds, window }: Selection, origin: FetchOrigin) {
  const { startMs, model, host, serviceTier, fetchRef, withdrawn } = hostedUsage;
  const key = [hostedUsage.sourceId, startMs, model, host, serviceTier];
  const rows = orm
    .select({ row: hostedUsage })
    .from(hostedUsage)
    .innerJoin(fetches, eq(fetches.fetchRef, fetchRef))
    .where(
      and(
        eq(hostedUsage.sourceId, sourceId),
        inArray(fetches.kind, [...kinds]),
        gte(startMs, window.startMs),
        lt(startMs, window.endMs),
        eq(withdrawn, false),
        inForce(hostedUsage, key, origin.recordedAtMs),
      ),
    )
    .all();
  return rows.map(({ row }) => row);
}

function toRow({ period, host = '', serviceTier = '', ...rest }: HostedUsage) {
  const { startMs, endMs } = period;
  return { ...rest, host, serviceTier, startMs, endMs, secondHand: rest.secondHand === true };
}

function rowKey(row: Pick<ReturnType<typeof toRow>, 'startMs' | 'model' | 'host'> & Tier) {
  return JSON.stringify([row.startMs, row.model, row.host, row.serviceTier]);
}

interface Tier {
  readonly serviceTier: string;
}

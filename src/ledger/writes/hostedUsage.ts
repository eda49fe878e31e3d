/** Writes tokens bought from providers, and withdraws them when a response no longer has them. */

import type { HostedUsage } from '../../domain/hostedUsage.ts';
import type { Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { and, eq, gte, inArray, lt } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { fetches } from '../tables/provenance.ts';
import { hostedUsage } from '../tables/usage.ts';
import type { RepeatLog } from './confirmed.ts';
import { HOSTED_USAGE } from './factTables.ts';
import { reportFact } from './meeting.ts';
import { NO_POSITION, extendReach, extendPeriod, type Tally, type FetchOrigin } from './place.ts';
import { createVersionedWriter } from './versioned.ts';

export function createHostedUsageWriter(store: Store, confirmed: RepeatLog) {
  const { shape, put } = createVersionedWriter(store.db, confirmed, HOSTED_USAGE);
  const { nameOf } = confirmed;
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

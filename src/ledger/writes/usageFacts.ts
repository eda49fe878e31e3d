/**
 * Writes usage facts beside intervals: parts, latencies, GPU activity, request counts.
 *
 * Facts of a response replace all known facts of their period, so that nothing counts twice. A line
 * of a file replaces only its own fact.
 */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import { quoteShort } from '../../platform/text.ts';
import type { RepeatLog } from './repeatLog.ts';
import {
  type FactOf,
  GPU_ACTIVITY,
  LATENCY,
  REQUEST_COUNTS,
  toKeyJson,
  USAGE_PARTS,
  type VersionedTable,
} from './factShape.ts';
import { factExcerpt, type FetchOrigin, type Tally, toContradiction } from './tally.ts';
import {
  createSpanReader,
  type FactSpan,
  factSpanText,
  reportSpan,
  type RowInForce,
} from './factSpans.ts';
import { createVersionedWriter } from './versioned.ts';
import { getRow, prepareQuery } from '../statement.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';

/** The usage facts of a `Fetched`. */
type UsageFactLists = Pick<Fetched, 'usageParts' | 'latency' | 'gpuActivity' | 'requestCounts'>;

export function createUsageFactWriter(db: Database, repeats: RepeatLog) {
  const writeParts = createPartWriter(db, repeats);
  const writeLatency = createSpanWriter(db, repeats, LATENCY);
  const writeActivity = createSpanWriter(db, repeats, GPU_ACTIVITY);
  const writeCounts = createSpanWriter(db, repeats, REQUEST_COUNTS);
  return (facts: UsageFactLists, origin: FetchOrigin, tally: Tally): void => {
    const { usageParts = [], latency = [], gpuActivity = [], requestCounts = [] } = facts;
    if (usageParts.length > 0) writeParts(usageParts, origin, tally);
    const histograms = latency.flatMap(({ position, fact }) => {
      const { boundsSeconds, counts, ...rest } = fact;
      if (isHistogram(boundsSeconds, counts)) {
        const json = { boundsJson: JSON.stringify(boundsSeconds) };
        return [
          { position, fact: flatten({ ...rest, ...json, countsJson: JSON.stringify(counts) }) },
        ];
      }
      const reason =
        `invalid ${rest.measure} histogram of ${quoteShort(rest.deployment)}: expected ` +
        'ascending bounds, and one more whole count than bounds';
      tally.rejects.push({ position, reason, excerpt: factExcerpt(fact) });
      return [];
    });
    writeLatency(histograms, origin, tally);
    writeActivity(gpuActivity.map(withFlatFact), origin, tally);
    writeCounts(requestCounts.map(withFlatFact), origin, tally);
  };
}

function isHistogram(bounds: readonly number[], counts: readonly number[]): boolean {
  return (
    counts.length === bounds.length + 1 &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    bounds.every((bound, at) => Number.isFinite(bound) && bound > (bounds[at - 1] ?? -Infinity))
  );
}

function withFlatFact<Fact extends { readonly period: Period }>({ position, fact }: Located<Fact>) {
  return { position, fact: flatten(fact) };
}

function flatten<Fact extends { readonly period: Period }>({ period, ...fact }: Fact) {
  return { ...fact, startMs: period.startMs, endMs: period.endMs };
}

function createSpanWriter<Table extends SQLiteTable>(
  db: Database,
  repeats: RepeatLog,
  versioned: VersionedTable<Table>,
) {
  const writer = createVersionedWriter(db, repeats, versioned);
  const inForce = createSpanReader({ db, repeats }, writer, versioned);
  return (
    located: readonly Located<FactOf<Table> & FactSpan>[],
    origin: FetchOrigin,
    tally: Tally,
  ): void => {
    for (const { position, fact } of located) {
      const place = { ...origin, position };
      const others = inForce.over(fact).filter((row) => !inForce.isKeyOf(row, fact));
      const other = others.find((row) => !inForce.givesWay(row, origin));
      if (other !== undefined) {
        tally.rejects.push(toContradiction(position, `the data ${factSpanText(fact)}`, fact));
        continue;
      }
      for (const row of others) inForce.withdraw(row, origin, tally);
      reportSpan(tally, writer.put(fact, place), { writer, fact, place, nameOf: repeats.nameOf });
    }
  };
}

type PartFact = FactOf<(typeof USAGE_PARTS)['table']>;

/** An unknown name is empty, because it is part of a key. */
function partFact({ period, demand, tenant, team, adapter, ...rest }: UsagePart): PartFact {
  const names = { demand: demand ?? '', tenant: tenant ?? '', team: team ?? '' };
  const { startMs, endMs } = period;
  return { ...rest, ...names, adapter: adapter ?? '', startMs, endMs };
}

/** Sums of rows or parts. Requests and cached tokens may be unknown in some. */
interface Sums {
  readonly rows: number;
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
  readonly requests: number;
  readonly cachedUnknown: number;
  readonly requestsUnknown: number;
}

/** Intervals in force that start in a period. */
const WHOLE_SUMS = `
SELECT count(*) AS rows,
  total(uncached_prompt_tokens) + total(cached_prompt_tokens) AS prompt,
  total(cached_prompt_tokens) AS cached, total(output_tokens) AS output,
  total(requests) AS requests, count(*) - count(cached_prompt_tokens) AS cachedUnknown,
  count(*) - count(requests) AS requestsUnknown
FROM usage AS u
WHERE series_ref = (
    SELECT series_ref FROM usage_series WHERE source_id = :sourceId AND deployment = :deployment)
  AND start_ms >= :startMs AND start_ms < :endMs AND withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM usage AS n WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version))`;

function createPartWriter(db: Database, repeats: RepeatLog) {
  const writer = createVersionedWriter(db, repeats, USAGE_PARTS);
  const inForce = createSpanReader({ db, repeats }, writer, USAGE_PARTS);
  const whole = prepareQuery<Sums>(db, WHOLE_SUMS);
  const writeSpan = (
    parts: readonly Located<PartFact>[],
    origin: FetchOrigin,
    tally: Tally,
  ): void => {
    const [{ fact: span }] = parts as [Located<PartFact>];
    const { startMs, endMs, sourceId, deployment } = span;
    const isRepeated = (row: RowInForce) => parts.some(({ fact }) => inForce.isKeyOf(row, fact));
    const isSameSpan = (row: RowInForce) => row.startMs === startMs && row.endMs === endMs;
    const others = inForce.over(span).filter((row) => !(isRepeated(row) && isSameSpan(row)));
    const refuse = (reason: string) => {
      for (const { position, fact } of parts) {
        tally.rejects.push({ position, reason, excerpt: factExcerpt(fact) });
      }
    };
    const staying = others.filter((row) => !inForce.givesWay(row, origin));
    if (staying.some((row) => !isSameSpan(row))) {
      return refuse(`parts ${factSpanText(span)} overlap known parts; ${SAME_TIME}`);
    }
    const usage = getRow(whole, { sourceId, deployment, startMs, endMs });
    const combined = [...distinct(parts), ...staying.map(({ values }) => values)];
    const excess = findExcess(sumParts(combined as readonly PartFact[]), usage);
    if (excess !== undefined) return refuse(`the parts ${factSpanText(span)} ${excess}`);
    for (const row of others) if (!staying.includes(row)) inForce.withdraw(row, origin, tally);
    for (const { position, fact } of parts) {
      const at = { ...origin, position };
      reportSpan(tally, writer.put(fact, at), {
        writer,
        fact,
        place: at,
        nameOf: repeats.nameOf,
      });
    }
  };
  return (located: readonly Located<UsagePart>[], origin: FetchOrigin, tally: Tally): void => {
    const flatParts = located.map(({ position, fact }) => ({ position, fact: partFact(fact) }));
    const spans = Map.groupBy(flatParts, ({ fact: { sourceId, deployment, startMs, endMs } }) =>
      toKeyJson([sourceId, deployment, startMs, endMs]),
    );
    for (const parts of spans.values()) writeSpan(parts, origin, tally);
  };
}

const SAME_TIME = 'expected the same intervals again; undo the import with the other parts';

/** Each key once. If two parts of a response conflict, the first one counts. */
function distinct(parts: readonly Located<PartFact>[]): PartFact[] {
  const byKey = new Map<string, PartFact>();
  for (const { fact } of parts) {
    const key = toKeyJson(USAGE_PARTS.key.map((column) => String(fact[column])));
    if (!byKey.has(key)) byKey.set(key, fact);
  }
  return [...byKey.values()];
}

function sumParts(parts: readonly PartFact[]): Sums {
  const sum = (of: (part: PartFact) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    rows: parts.length,
    prompt: sum((part) => part.uncachedPromptTokens + (part.cachedPromptTokens ?? 0)),
    cached: sum((part) => part.cachedPromptTokens ?? 0),
    output: sum((part) => part.outputTokens),
    requests: sum((part) => part.requests ?? 0),
    cachedUnknown: 0,
    requestsUnknown: 0,
  };
}

/** The first sum that exceeds the whole: `add up to 12 output tokens, more than the 10 …`. */
function findExcess(parts: Sums, whole: Sums): string | undefined {
  if (whole.rows === 0) return 'have no matching usage from the same source and time';
  const pairs = [
    ['prompt tokens', parts.prompt, whole.prompt],
    ['output tokens', parts.output, whole.output],
    ...(whole.cachedUnknown > 0
      ? []
      : ([['cached prompt tokens', parts.cached, whole.cached]] as const)),
    ...(whole.requestsUnknown > 0 ? [] : ([['requests', parts.requests, whole.requests]] as const)),
  ] as const;
  const found = pairs.find(([, part, of]) => part > of);
  if (found === undefined) return undefined;
  const [what, part, of] = found;
  return `add up to ${count(part)} ${what}, more than the ${count(of)} of the whole`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

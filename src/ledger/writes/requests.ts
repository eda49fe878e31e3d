/**
 * Writes the requests of access logs that no other import has, summed by interval. After the last
 * part of a file it derives the usage from all sums.
 */

import type { Database } from 'better-sqlite3';
import { Failure } from '../../domain/failure.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Demand, LoggedRequest, RequestCount, UsagePart } from '../../domain/usageFacts.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { FetchName } from '../imports.ts';
import { readUndoneFetches } from '../reads/countingFetches.ts';
import { requestBatches } from '../tables/usage.ts';
import { getFactDigests } from '../factDigests.ts';
import { fetchFile, type FetchOrigin, type Tally } from './tally.ts';
import { getRow, prepareQuery } from '../statement.ts';
import { createInserter } from './insert.ts';

type Line = Located<LoggedRequest>;

/** The requests of an interval in imports that count, this one included. */
const KNOWN_IDS = `
SELECT b.fetch_ref AS fetchRef, b.ids FROM request_batch AS b
JOIN fetch AS f ON f.fetch_ref = b.fetch_ref
WHERE b.source_id = ? AND b.deployment = ? AND b.start_ms = ?
  AND (b.fetch_ref = ? OR (f.finished = 1 AND f.failure_code IS NULL))`;

const TOUCHED_INTERVALS = `
SELECT DISTINCT source_id AS sourceId, deployment, start_ms AS startMs FROM request_batch
WHERE fetch_ref = ? ORDER BY source_id, deployment, start_ms`;

const SUMS = `
SELECT b.fetch_ref AS fetchRef, b.end_ms AS endMs, b.demand, b.tenant, b.team, b.adapter,
  b.position, b.answered, b.failed, b.escalated, b.prompt_tokens AS prompt,
  b.cached_tokens AS cached, b.output_tokens AS output
FROM request_batch AS b JOIN fetch AS f ON f.fetch_ref = b.fetch_ref
WHERE b.source_id = ? AND b.deployment = ? AND b.start_ms = ?
  AND (b.fetch_ref = ? OR (f.finished = 1 AND f.failure_code IS NULL))
ORDER BY b.fetch_ref, b.batch`;

const NEXT = 'SELECT coalesce(max(batch), 0) + 1 FROM request_batch WHERE fetch_ref = ?';

export interface RequestWriter {
  append(located: readonly Line[], origin: FetchOrigin, tally: Tally): void;
  /** The totals of the intervals that this import added to, over all imports that count. */
  deriveUsage(fetchRef: number): DerivedUsage;
}

export interface DerivedUsage {
  readonly usage: Located<UsageRow>[];
  readonly usageParts: Located<UsagePart>[];
  readonly requestCounts: Located<RequestCount>[];
}

export function createRequestWriter(db: Database): RequestWriter {
  const selectIds = prepareQuery<IdsRow>(db, KNOWN_IDS);
  const next = prepareQuery<number>(db, NEXT).pluck();
  const insert = createInserter(db, requestBatches, getFactDigests(db));
  const readIds = ({ sourceId, deployment, period }: LoggedRequest, fetchRef: number) =>
    selectIds.all(sourceId, deployment, period.startMs, fetchRef);
  const collectIds = (rows: readonly IdsRow[], undone: ReadonlySet<number>) => {
    const known = new Set<string>();
    for (const row of rows) {
      if (undone.has(row.fetchRef)) continue;
      for (let at = 0; at < row.ids.length; at += ID_BYTES) {
        known.add(row.ids.subarray(at, at + ID_BYTES).toString('hex'));
      }
    }
    return known;
  };
  return {
    append(located, { fetchRef }, tally) {
      if (located.length === 0) return;
      const undone = readUndoneFetches(db, Number.MAX_SAFE_INTEGER);
      let batch = getRow(next, fetchRef);
      const byInterval = Map.groupBy(located, ({ fact }) => JSON.stringify(toInterval(fact)));
      for (const requests of byInterval.values()) {
        const [first] = requests as [Line];
        const known = collectIds(readIds(first.fact, fetchRef), undone);
        const added = requests.filter(({ fact }) => !known.has(fact.id));
        tally.unchanged += requests.length - added.length;
        const bySplit = Map.groupBy(added, ({ fact }) => JSON.stringify(toSplit(fact)));
        for (const group of bySplit.values()) {
          insert({ fetchRef, batch, ...toBatch(group) });
          batch += 1;
        }
      }
    },
    deriveUsage: (fetchRef) => derive(db, fetchRef),
  };
}

const ID_BYTES = 8;

interface IdsRow {
  readonly fetchRef: number;
  readonly ids: Buffer;
}

function toInterval({ sourceId, deployment, period }: LoggedRequest) {
  return [sourceId, deployment, period.startMs];
}

function toSplit({ demand, tenant, team, adapter }: LoggedRequest) {
  return [demand, tenant, team, adapter];
}

/** The group has at least one request. If any lacks cached tokens, the sum is unknown. */
function toBatch(group: readonly Line[]) {
  const facts = group.map(({ fact }) => fact);
  const [{ position, fact }] = group as [Line];
  const { sourceId, deployment, period, ...first } = fact;
  const originals = facts.filter(({ isEscalation }) => isEscalation !== true);
  const sum = (of: (fact: LoggedRequest) => number) => facts.reduce((all, one) => all + of(one), 0);
  const answered = originals.filter(({ outcome }) => outcome === 'answered');
  const hasCached =
    answered.length > 0 && answered.every((one) => one.cachedPromptTokens !== undefined);
  const isTraced = facts.some((one) => one.isTraced);
  return {
    sourceId,
    deployment,
    ...period,
    demand: first.demand ?? '',
    tenant: first.tenant ?? '',
    team: first.team ?? '',
    adapter: first.adapter ?? '',
    position,
    answered: answered.length,
    failed: originals.length - answered.length,
    escalated: isTraced ? facts.length - originals.length : null,
    promptTokens: sum(({ promptTokens }) => promptTokens),
    cachedTokens: hasCached ? sum(({ cachedPromptTokens = 0 }) => cachedPromptTokens) : null,
    outputTokens: sum(({ outputTokens }) => outputTokens),
    ids: Buffer.concat(facts.map(({ id }) => Buffer.from(id, 'hex'))),
  };
}

interface SumRow {
  readonly fetchRef: number;
  readonly endMs: number;
  readonly demand: Demand | '';
  readonly tenant: string;
  readonly team: string;
  readonly adapter: string;
  readonly position: number;
  readonly answered: number;
  readonly failed: number;
  readonly escalated: number | null;
  readonly prompt: number;
  readonly cached: number | null;
  readonly output: number;
}

function derive(db: Database, fetchRef: number): DerivedUsage {
  const undone = readUndoneFetches(db, Number.MAX_SAFE_INTEGER);
  const sums = prepareQuery<SumRow>(db, SUMS);
  const touched = prepareQuery<Touched>(db, TOUCHED_INTERVALS).all(fetchRef);
  const derived: DerivedUsage = { usage: [], usageParts: [], requestCounts: [] };
  for (const { sourceId, deployment, startMs } of touched) {
    const all = sums.all(sourceId, deployment, startMs, fetchRef);
    const rows = all.filter((row) => !undone.has(row.fetchRef));
    const [first] = rows;
    if (first === undefined) continue;
    const of = { sourceId, deployment, period: { startMs, endMs: first.endMs } };
    const position = rows.find((row) => row.fetchRef === fetchRef)?.position ?? first.position;
    derived.usage.push({ position, fact: { ...of, ...sumTokens(rows) } });
    derived.requestCounts.push({ position, fact: { ...of, ...sumCounts(rows) } });
    const splits = Map.groupBy(rows, ({ demand, tenant, team, adapter }) =>
      JSON.stringify([demand, tenant, team, adapter]),
    );
    for (const group of splits.values()) {
      const names = toNames(group[0]);
      if (Object.keys(names).length === 0) continue;
      derived.usageParts.push({ position, fact: { ...of, ...names, ...sumTokens(group) } });
    }
  }
  return derived;
}

interface Touched {
  readonly sourceId: string;
  readonly deployment: string;
  readonly startMs: number;
}

function sumTokens(rows: readonly SumRow[]) {
  const sum = (of: (row: SumRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const served = rows.filter(({ answered }) => answered > 0);
  const hasCached = served.length > 0 && served.every(({ cached }) => cached !== null);
  const cached = hasCached ? sum((row) => row.cached ?? 0) : undefined;
  return {
    uncachedPromptTokens: sum(({ prompt }) => prompt) - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: sum(({ output }) => output),
    requests: sum(({ answered }) => answered),
  };
}

function sumCounts(rows: readonly SumRow[]) {
  const selectIds = rows.filter(({ escalated }) => escalated !== null);
  const sum = (of: (row: SumRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  return {
    answered: sum(({ answered }) => answered),
    failed: sum(({ failed }) => failed),
    ...(selectIds.length === 0 ? {} : { escalated: sum(({ escalated }) => escalated ?? 0) }),
  };
}

function toNames(
  row: SumRow | undefined,
): Pick<UsagePart, 'demand' | 'tenant' | 'team' | 'adapter'> {
  const { demand = '', tenant = '', team = '', adapter = '' } = row ?? {};
  return {
    ...(demand === '' ? {} : { demand }),
    ...(tenant === '' ? {} : { tenant }),
    ...(team === '' ? {} : { team }),
    ...(adapter === '' ? {} : { adapter }),
  };
}

const SHARED = `
SELECT DISTINCT l.fetch_ref FROM request_batch AS b
JOIN request_batch AS l ON l.source_id = b.source_id AND l.deployment = b.deployment
  AND l.start_ms = b.start_ms AND l.fetch_ref > b.fetch_ref
JOIN fetch AS f ON f.fetch_ref = l.fetch_ref
WHERE b.fetch_ref = ? AND f.finished = 1 AND f.failure_code IS NULL
ORDER BY l.fetch_ref DESC`;

/**
 * A later log with requests in the same intervals has totals that include those of this one.
 * @throws {Failure} `refused` if such a log counts. It must be undone first.
 */
export function rejectSharedIntervals(
  db: Database,
  file: FetchName,
  { undone, nameOf }: { undone: ReadonlySet<number>; nameOf: (ref: number) => FetchName },
): void {
  const later = prepareQuery<number>(db, SHARED).pluck().all(file.fetchRef);
  const blocking = later.find((ref) => !undone.has(ref));
  if (blocking === undefined) return;
  const other = `${fetchFile(nameOf(blocking))} (fetch ${blocking})`;
  const message = `${fetchFile(file)} and ${other} have requests in the same intervals`;
  throw new Failure('refused', message, {
    expected: 'the newest log to be undone first',
    hint: `run rentcheck import --undo ${blocking} first, and import that file again afterwards`,
  });
}

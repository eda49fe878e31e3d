/**
 * Writes requests of access logs: those that no import that counts has told yet, summed by
 * interval, and at the end of their file the usage that all such sums come to.
 */

import type { Database } from 'better-sqlite3';
import { Failure } from '../../domain/failure.ts';
import type { Located } from '../../domain/provenance.ts';
import type { LoggedRequest } from '../../domain/requestLog.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { Demand, RequestCount, UsagePart } from '../../domain/usageFacts.ts';
import type { FetchName } from '../imports.ts';
import { undoneFetches } from '../reads/undone.ts';
import { requestBatches } from '../tables/requests.ts';
import { factDigestsOf } from './factDigests.ts';
import { fileOf } from './fetchNames.ts';
import { inserter } from './insert.ts';
import type { Place, Tally } from './place.ts';

type Origin = Omit<Place, 'position'>;
type Line = Located<LoggedRequest>;

/** Of an interval, what imports that count have told; this import is one of them. */
const TOLD = `
SELECT b.fetch_ref AS fetchRef, b.ids FROM request_batch AS b
JOIN fetch AS f ON f.fetch_ref = b.fetch_ref
WHERE b.source_id = ? AND b.deployment = ? AND b.start_ms = ?
  AND (b.fetch_ref = ? OR (f.finished = 1 AND f.failure_code IS NULL))`;

const TOUCHED = `
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
  append(located: readonly Line[], origin: Origin, tally: Tally): void;
  /** What the intervals that this import added to come to, over all imports that count. */
  derived(fetchRef: number): Derived;
}

export interface Derived {
  readonly usage: Located<UsageRow>[];
  readonly usageParts: Located<UsagePart>[];
  readonly requestCounts: Located<RequestCount>[];
}

export function createRequestWriter(db: Database): RequestWriter {
  const told = db.prepare(TOLD).safeIntegers(false);
  const next = db.prepare(NEXT).pluck().safeIntegers(false);
  const insert = inserter(db, requestBatches, factDigestsOf(db));
  const counting = ({ sourceId, deployment, period }: LoggedRequest, fetchRef: number) =>
    told.all(sourceId, deployment, period.startMs, fetchRef) as IdsRow[];
  const knownIn = (rows: readonly IdsRow[], undone: ReadonlySet<number>) => {
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
      const undone = undoneFetches(db, Number.MAX_SAFE_INTEGER);
      let batch = next.get(fetchRef) as number;
      const byInterval = Map.groupBy(located, ({ fact }) => JSON.stringify(intervalOf(fact)));
      for (const requests of byInterval.values()) {
        const [first] = requests as [Line];
        const known = knownIn(counting(first.fact, fetchRef), undone);
        const fresh = requests.filter(({ fact }) => !known.has(fact.id));
        tally.unchanged += requests.length - fresh.length;
        const bySplit = Map.groupBy(fresh, ({ fact }) => JSON.stringify(splitOf(fact)));
        for (const group of bySplit.values()) {
          insert({ fetchRef, batch, ...batchOf(group) });
          batch += 1;
        }
      }
    },
    derived: (fetchRef) => derivedOf(db, fetchRef),
  };
}

const ID_BYTES = 8;

interface IdsRow {
  readonly fetchRef: number;
  readonly ids: Buffer;
}

function intervalOf({ sourceId, deployment, period }: LoggedRequest) {
  return [sourceId, deployment, period.startMs];
}

function splitOf({ demand, tenant, team, adapter }: LoggedRequest) {
  return [demand, tenant, team, adapter];
}

/** Of one request at least; one that tells no cached tokens leaves those of all unknown. */
function batchOf(group: readonly Line[]) {
  const facts = group.map(({ fact }) => fact);
  const [{ position, fact }] = group as [Line];
  const { sourceId, deployment, period, ...first } = fact;
  const own = facts.filter(({ isEscalation }) => isEscalation !== true);
  const sum = (of: (fact: LoggedRequest) => number) => facts.reduce((all, one) => all + of(one), 0);
  const answered = own.filter(({ outcome }) => outcome === 'answered');
  const isCachedTold =
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
    failed: own.length - answered.length,
    escalated: isTraced ? facts.length - own.length : null,
    promptTokens: sum(({ promptTokens }) => promptTokens),
    cachedTokens: isCachedTold ? sum(({ cachedPromptTokens = 0 }) => cachedPromptTokens) : null,
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

function derivedOf(db: Database, fetchRef: number): Derived {
  const undone = undoneFetches(db, Number.MAX_SAFE_INTEGER);
  const sums = db.prepare(SUMS).safeIntegers(false);
  const touched = db.prepare(TOUCHED).safeIntegers(false).all(fetchRef) as Touched[];
  const derived: Derived = { usage: [], usageParts: [], requestCounts: [] };
  for (const { sourceId, deployment, startMs } of touched) {
    const all = sums.all(sourceId, deployment, startMs, fetchRef) as SumRow[];
    const rows = all.filter((row) => !undone.has(row.fetchRef));
    const [first] = rows;
    if (first === undefined) continue;
    const of = { sourceId, deployment, period: { startMs, endMs: first.endMs } };
    const position = rows.find((row) => row.fetchRef === fetchRef)?.position ?? first.position;
    derived.usage.push({ position, fact: { ...of, ...tokensOf(rows) } });
    derived.requestCounts.push({ position, fact: { ...of, ...countOf(rows) } });
    const splits = Map.groupBy(rows, ({ demand, tenant, team, adapter }) =>
      JSON.stringify([demand, tenant, team, adapter]),
    );
    for (const group of splits.values()) {
      const names = namesOf(group[0]);
      if (Object.keys(names).length === 0) continue;
      derived.usageParts.push({ position, fact: { ...of, ...names, ...tokensOf(group) } });
    }
  }
  return derived;
}

interface Touched {
  readonly sourceId: string;
  readonly deployment: string;
  readonly startMs: number;
}

function tokensOf(rows: readonly SumRow[]) {
  const sum = (of: (row: SumRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const served = rows.filter(({ answered }) => answered > 0);
  const isCachedTold = served.length > 0 && served.every(({ cached }) => cached !== null);
  const cached = isCachedTold ? sum((row) => row.cached ?? 0) : undefined;
  return {
    uncachedPromptTokens: sum(({ prompt }) => prompt) - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: sum(({ output }) => output),
    requests: sum(({ answered }) => answered),
  };
}

function countOf(rows: readonly SumRow[]) {
  const told = rows.filter(({ escalated }) => escalated !== null);
  const sum = (of: (row: SumRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  return {
    answered: sum(({ answered }) => answered),
    failed: sum(({ failed }) => failed),
    ...(told.length === 0 ? {} : { escalated: sum(({ escalated }) => escalated ?? 0) }),
  };
}

function namesOf(
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
 * The sums of a later log stand on those of this one, where both have requests of an interval.
 * @throws {Failure} `refused` where such a log counts: it must be taken back first.
 */
export function refuseSharedIntervals(
  db: Database,
  file: FetchName,
  { undone, nameOf }: { undone: ReadonlySet<number>; nameOf: (ref: number) => FetchName },
): void {
  const later = db.prepare(SHARED).pluck().safeIntegers(false).all(file.fetchRef) as number[];
  const standing = later.find((ref) => !undone.has(ref));
  if (standing === undefined) return;
  const other = `${fileOf(nameOf(standing))} (fetch ${standing})`;
  const message = `${fileOf(file)} and ${other} have requests in the same intervals`;
  throw new Failure('refused', message, {
    expected: 'the newest log to be undone first',
    hint: `run rentcheck import --undo ${standing} first, and import that file again afterwards`,
  });
}

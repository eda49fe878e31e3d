/** Reads a usage file whose rows are parts of an interval, by demand, tenant, team or adapter. */

import type { Located } from '../../../domain/provenance.ts';
import type { PullWarning } from '../../../domain/pullWarning.ts';
import type { UsageRow } from '../../../domain/usage.ts';
import { type Demand, DEMANDS, type UsagePart } from '../../../domain/usageFacts.ts';
import { refuseCell, readText } from '../cells.ts';
import type { FactKind, ReadContext } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';
import { readInterval, PART_COLUMNS, USAGE_IMPORT_COLUMNS, readUsageRow } from './usage.ts';

/** The rows of one interval so far. */
interface Interval {
  readonly rows: Map<string, Located<UsagePart>>;
  /** The interval's first row. Values of the whole interval may be in any of its rows. */
  readonly first: Located<UsageRow>;
  busyMs?: number;
  replicaMs?: number;
  /** Whether a row was rejected. The sum of the other rows would be too low. */
  isIncomplete: boolean;
}

/**
 * Rows of one interval may differ in the part columns and may be in any order. Their sum is the
 * interval's usage. Each row with a part column is a part of it. The whole file is kept in memory
 * until its end.
 */
export function partedUsageKind(): FactKind<'usage'> {
  const intervals = new Map<string, Interval>();
  let repeated = 0;
  return {
    name: 'usage',
    columns: {
      ...USAGE_IMPORT_COLUMNS,
      optional: [...USAGE_IMPORT_COLUMNS.optional, ...PART_COLUMNS],
    },
    read(row, frame) {
      const { deployment, period } = readInterval(row, frame);
      const key = `${period.startMs} ${period.endMs} ${deployment}`;
      try {
        const fact = readUsageRow(row, frame);
        const names = namesOf(row);
        const part = { position: row.line, fact: toPart(fact, names) };
        const partKey = JSON.stringify([names.demand, names.tenant, names.team, names.adapter]);
        const interval = intervals.get(key) ?? newInterval({ position: row.line, fact });
        intervals.set(key, interval);
        addTimes(interval, row, fact);
        if (addPart(interval, partKey, part)) repeated += 1;
      } catch (error) {
        if (error instanceof RowFault) markIncomplete(intervals, key, { row, frame });
        throw error;
      }
      return undefined;
    },
    rest: () => toUsage(intervals),
    parts: () => toParts(intervals),
    notes: () => toNotes(intervals, repeated),
  };
}

function newInterval(first: Located<UsageRow>): Interval {
  return { rows: new Map(), first, isIncomplete: false };
}

/** Marks an interval as incomplete after a rejected row. */
function markIncomplete(
  intervals: Map<string, Interval>,
  key: string,
  { row, frame }: { readonly row: FileRow; readonly frame: ReadContext },
): void {
  const { sourceId } = frame;
  const noTokens = { uncachedPromptTokens: 0, outputTokens: 0 };
  const fact: UsageRow = { sourceId, ...readInterval(row, frame), ...noTokens };
  const interval = intervals.get(key) ?? newInterval({ position: row.line, fact });
  interval.isIncomplete = true;
  intervals.set(key, interval);
}

type PartNames = Pick<UsagePart, 'demand' | 'tenant' | 'team' | 'adapter'>;

function namesOf(row: FileRow): PartNames {
  const demand = readText(row, 'demand');
  if (demand !== undefined && !DEMANDS.some((each) => each === demand)) {
    refuseCell(row, 'demand', {
      expected: `one of: ${DEMANDS.join(', ')}`,
      todo: 'leave it empty if it is unknown',
    });
  }
  const [tenant, team, adapter] = ['tenant', 'team', 'adapter'].map((name) => readText(row, name));
  return {
    ...(demand === undefined ? {} : { demand: demand as Demand }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(team === undefined ? {} : { team }),
    ...(adapter === undefined ? {} : { adapter }),
  };
}

function toPart(fact: UsageRow, names: PartNames): UsagePart {
  const { busyMs: _busy, replicaMs: _replicas, estimated: _estimated, ...rest } = fact;
  return { ...rest, ...names };
}

/**
 * Records busy and replica time, which are those of the whole interval in whichever row they are.
 */
function addTimes(interval: Interval, row: FileRow, { busyMs, replicaMs }: UsageRow): void {
  for (const [name, column, ms] of [
    ['busyMs', 'busy_seconds', busyMs],
    ['replicaMs', 'replica_seconds', replicaMs],
  ] as const) {
    if (ms === undefined) continue;
    if (interval[name] !== undefined && interval[name] !== ms) {
      const expected = `${interval[name] / 1000}, as in another row of the interval`;
      refuseCell(row, column, {
        expected,
        todo: 'repeat the values of the whole interval in each of its rows',
      });
    }
    interval[name] = ms;
  }
}

/** Adds a part. Returns whether the row only repeats an earlier one. */
function addPart(interval: Interval, partKey: string, part: Located<UsagePart>): boolean {
  const earlier = interval.rows.get(partKey);
  if (earlier === undefined) {
    interval.rows.set(partKey, part);
    return false;
  }
  if (JSON.stringify(earlier.fact) === JSON.stringify(part.fact)) return true;
  throw new RowFault(
    `conflicts with line ${earlier.position}, which has the same key and other values; ` +
      'keep one of the two',
  );
}

function toUsage(intervals: ReadonlyMap<string, Interval>): Located<UsageRow>[] {
  return [...intervals.values()].flatMap(
    ({ first, rows, isIncomplete: isSpoiled, busyMs, replicaMs }) => {
      if (isSpoiled) return [];
      const parts = [...rows.values()].map(({ fact }) => fact);
      const { sourceId, deployment, period } = first.fact;
      const sum = (valueOf: (part: UsagePart) => number) =>
        parts.reduce((all, part) => all + valueOf(part), 0);
      const cached = sum(({ cachedPromptTokens }) => cachedPromptTokens ?? Number.NaN);
      const requests = sum((part) => part.requests ?? Number.NaN);
      const prompt = sum((part) => part.uncachedPromptTokens + (part.cachedPromptTokens ?? 0));
      const fact: UsageRow = {
        sourceId,
        deployment,
        period,
        // A value that one part lacks is unknown for the whole interval.
        uncachedPromptTokens: Number.isNaN(cached) ? prompt : prompt - cached,
        ...(Number.isNaN(cached) ? {} : { cachedPromptTokens: cached }),
        outputTokens: sum(({ outputTokens }) => outputTokens),
        ...(Number.isNaN(requests) ? {} : { requests }),
        ...(busyMs === undefined ? {} : { busyMs }),
        ...(replicaMs === undefined ? {} : { replicaMs }),
      };
      return [{ position: first.position, fact }];
    },
  );
}

function toParts(intervals: ReadonlyMap<string, Interval>): Located<UsagePart>[] {
  return [...intervals.values()]
    .filter(({ isIncomplete: isSpoiled }) => !isSpoiled)
    .flatMap(({ rows }) => [...rows.values()])
    .filter(({ fact }) => isNamed(fact));
}

function isNamed({ demand, tenant, team, adapter }: UsagePart): boolean {
  return [demand, tenant, team, adapter].some((name) => name !== undefined);
}

function toNotes(intervals: ReadonlyMap<string, Interval>, repeated: number): PullWarning[] {
  const skipped = [...intervals.values()].filter(({ isIncomplete: isSpoiled }) => isSpoiled).length;
  return [
    ...(skipped === 0 ? [] : [{ code: 'intervals-skipped', intervals: skipped } as const]),
    ...(repeated === 0 ? [] : [{ code: 'parts-repeated', rows: repeated } as const]),
  ];
}

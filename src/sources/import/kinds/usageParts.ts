/** The usage file whose rows tell what they were for or whose: parts, and their sums as usage. */

import { counted } from '../../../domain/counted.ts';
import type { Located } from '../../../domain/provenance.ts';
import type { UsageRow } from '../../../domain/usage.ts';
import { type Demand, DEMANDS, type UsagePart } from '../../../domain/usageFacts.ts';
import { refuse, text } from '../cells.ts';
import type { FactKind, Frame } from '../factKind.ts';
import { BadRow, type Row } from '../row.ts';
import { intervalOf, PART_COLUMNS, USAGE_COLUMNS, usageOf } from './usage.ts';

/** The rows of one interval so far. */
interface Gathered {
  readonly rows: Map<string, Located<UsagePart>>;
  /** Of its first row; what is told of the whole interval may stand in any of them. */
  readonly first: Located<UsageRow>;
  busyMs?: number;
  replicaMs?: number;
  /** A row of it was rejected: the sum of the others would be too low. */
  isSpoiled: boolean;
}

/**
 * Rows of one interval may differ in the columns of parts, and stand in any order: their sum is the
 * interval's usage, and each that tells one of the columns is a part of it. All of the file is held
 * until its end.
 */
export function partedUsageKind(): FactKind<'usage'> {
  const intervals = new Map<string, Gathered>();
  let repeated = 0;
  return {
    name: 'usage',
    columns: { ...USAGE_COLUMNS, optional: [...USAGE_COLUMNS.optional, ...PART_COLUMNS] },
    read(row, frame) {
      const { deployment, period } = intervalOf(row, frame);
      const key = `${period.startMs} ${period.endMs} ${deployment}`;
      try {
        const fact = usageOf(row, frame);
        const names = namesOf(row);
        const part = { position: row.line, fact: partOf(fact, names) };
        const own = JSON.stringify([names.demand, names.tenant, names.team, names.adapter]);
        const known = intervals.get(key) ?? fresh({ position: row.line, fact });
        intervals.set(key, known);
        noteWhole(known, row, fact);
        if (putPart(known, own, part)) repeated += 1;
      } catch (error) {
        if (error instanceof BadRow) spoil(intervals, key, { row, frame });
        throw error;
      }
      return undefined;
    },
    rest: () => wholesOf(intervals),
    parts: () => partsOf(intervals),
    notes: () => notesOf(intervals, repeated),
  };
}

function fresh(first: Located<UsageRow>): Gathered {
  return { rows: new Map(), first, isSpoiled: false };
}

/** One row less: what the others come to is not the whole. */
function spoil(
  intervals: Map<string, Gathered>,
  key: string,
  { row, frame }: { readonly row: Row; readonly frame: Frame },
): void {
  const { sourceId } = frame;
  const nothing = { uncachedPromptTokens: 0, outputTokens: 0 };
  const fact: UsageRow = { sourceId, ...intervalOf(row, frame), ...nothing };
  const known = intervals.get(key) ?? fresh({ position: row.line, fact });
  known.isSpoiled = true;
  intervals.set(key, known);
}

type Names = Pick<UsagePart, 'demand' | 'tenant' | 'team' | 'adapter'>;

function namesOf(row: Row): Names {
  const demand = text(row, 'demand');
  if (demand !== undefined && !DEMANDS.some((each) => each === demand)) {
    refuse(row, 'demand', {
      expected: `one of: ${DEMANDS.join(', ')}`,
      todo: 'leave it empty if it is unknown',
    });
  }
  const [tenant, team, adapter] = ['tenant', 'team', 'adapter'].map((name) => text(row, name));
  return {
    ...(demand === undefined ? {} : { demand: demand as Demand }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(team === undefined ? {} : { team }),
    ...(adapter === undefined ? {} : { adapter }),
  };
}

function partOf(fact: UsageRow, names: Names): UsagePart {
  const { busyMs: _busy, replicaMs: _replicas, estimated: _estimated, ...rest } = fact;
  return { ...rest, ...names };
}

/** Time is the interval's, whichever of its rows tells it. */
function noteWhole(known: Gathered, row: Row, { busyMs, replicaMs }: UsageRow): void {
  for (const [name, column, told] of [
    ['busyMs', 'busy_seconds', busyMs],
    ['replicaMs', 'replica_seconds', replicaMs],
  ] as const) {
    if (told === undefined) continue;
    if (known[name] !== undefined && known[name] !== told) {
      const expected = `${known[name] / 1000}, as in another row of the interval`;
      refuse(row, column, {
        expected,
        todo: 'repeat the values of the whole interval in each of its rows',
      });
    }
    known[name] = told;
  }
}

/** Whether the row only repeats an earlier one. */
function putPart(known: Gathered, own: string, part: Located<UsagePart>): boolean {
  const earlier = known.rows.get(own);
  if (earlier === undefined) {
    known.rows.set(own, part);
    return false;
  }
  if (JSON.stringify(earlier.fact) === JSON.stringify(part.fact)) return true;
  throw new BadRow(
    `conflicts with line ${earlier.position}, which has the same key and other values; ` +
      'keep one of the two',
  );
}

function wholesOf(intervals: ReadonlyMap<string, Gathered>): Located<UsageRow>[] {
  return [...intervals.values()].flatMap(({ first, rows, isSpoiled, busyMs, replicaMs }) => {
    if (isSpoiled) return [];
    const parts = [...rows.values()].map(({ fact }) => fact);
    const { sourceId, deployment, period } = first.fact;
    const sum = (of: (part: UsagePart) => number) => parts.reduce((all, part) => all + of(part), 0);
    const cached = sum(({ cachedPromptTokens }) => cachedPromptTokens ?? Number.NaN);
    const requests = sum((part) => part.requests ?? Number.NaN);
    const prompt = sum((part) => part.uncachedPromptTokens + (part.cachedPromptTokens ?? 0));
    const fact: UsageRow = {
      sourceId,
      deployment,
      period,
      // What one part does not tell is not known of the whole.
      uncachedPromptTokens: Number.isNaN(cached) ? prompt : prompt - cached,
      ...(Number.isNaN(cached) ? {} : { cachedPromptTokens: cached }),
      outputTokens: sum(({ outputTokens }) => outputTokens),
      ...(Number.isNaN(requests) ? {} : { requests }),
      ...(busyMs === undefined ? {} : { busyMs }),
      ...(replicaMs === undefined ? {} : { replicaMs }),
    };
    return [{ position: first.position, fact }];
  });
}

function partsOf(intervals: ReadonlyMap<string, Gathered>): Located<UsagePart>[] {
  return [...intervals.values()]
    .filter(({ isSpoiled }) => !isSpoiled)
    .flatMap(({ rows }) => [...rows.values()])
    .filter(({ fact }) => isNamed(fact));
}

function isNamed({ demand, tenant, team, adapter }: UsagePart): boolean {
  return [demand, tenant, team, adapter].some((name) => name !== undefined);
}

function notesOf(intervals: ReadonlyMap<string, Gathered>, repeated: number): string[] {
  const left = [...intervals.values()].filter(({ isSpoiled }) => isSpoiled).length;
  return [
    ...(left === 0
      ? []
      : [`skipped because one of their rows was rejected: ${counted(left, 'interval')}`]),
    ...(repeated === 0 ? [] : [`duplicates of an earlier row: ${counted(repeated, 'row')}`]),
  ];
}

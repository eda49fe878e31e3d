/** Reports how a fact from a file met a known one: restated, repeated or rejected. */

import { invariant } from '../../domain/failure.ts';
import { instantText } from '../../domain/period.ts';
import { quoteShort } from '../../platform/text.ts';
import type { FetchName } from '../imports.ts';
import { describeChange, toValueMap } from './factText.ts';
import type { FactShape } from './factShape.ts';
import {
  factExcerpt,
  type FactOrigin,
  fetchFile,
  type FindFetchName,
  isManual,
  MAX_LISTED,
  type RowRejection,
  type Tally,
  toContradiction,
} from './tally.ts';
import type { StoredValue } from './insert.ts';
import type { FactResult, VersionInForce } from './versioned.ts';

/** A line of a file, or a record of a response. */
export interface ReportedFact {
  readonly shape: FactShape;
  readonly place: FactOrigin;
  /** The name of the fact in messages: `the charge "line-1"`. */
  readonly what: string;
  readonly fact: unknown;
  readonly nameOf: FindFetchName;
}

/** Counts one fact. For a line of a file it also records what to report to the user. */
export function reportFact(tally: Tally, result: FactResult, line: ReportedFact): void {
  const { put, earlier } = result;
  if (put === 'contradicted') {
    tally.rejects.push(toContradiction(line.place.position, line.what, line.fact));
    return;
  }
  if (put === 'misplaced') {
    invariant(earlier !== undefined, 'only a fact that is there can be in the way');
    tally.rejects.push(misplacedCharge(result, earlier, line));
    return;
  }
  tally[put] += 1;
  if (line.place.byHand !== true || earlier === undefined) return;
  if (put === 'restated') recordRestatement(tally, { ...result, earlier }, line);
  if (put === 'unchanged') recordRepeat(tally, { ...result, earlier }, line);
}

type KnownPut = FactResult & { readonly earlier: VersionInForce };

function recordRestatement(
  tally: Tally,
  { key, contents, earlier }: KnownPut,
  { shape, place, nameOf }: ReportedFact,
): void {
  const was = toValueMap(shape, { key, contents: earlier.contents });
  const now = toValueMap(shape, { key, contents });
  if (tally.restatements.length < MAX_LISTED) {
    const { position } = earlier;
    const from = { ...nameOf(earlier.fetchRef), position };
    const change = describeChange(shape.name, was, now);
    tally.restatements.push({ position: place.position, ...change, earlier: from });
  }
  const [before, after] = [billedNano(was), billedNano(now)];
  if (before === undefined || after === undefined) return;
  const { wasNanoUsd = 0n, nowNanoUsd = 0n } = tally.restatedCharges ?? {};
  tally.restatedCharges = { wasNanoUsd: wasNanoUsd + before, nowNanoUsd: nowNanoUsd + after };
}

function billedNano(values: ReadonlyMap<string, StoredValue>): bigint | undefined {
  const billed = values.get('billedNanoUsd');
  return billed === undefined || billed === null ? undefined : BigInt(billed as bigint | number);
}

/** Amounts and hours that are counted once, although two files contain them. */
function recordRepeat(tally: Tally, { key, earlier }: KnownPut, { shape }: ReportedFact): void {
  const { fetchRef, contents } = earlier;
  const values = toValueMap(shape, { key, contents });
  const workedMs = Number(values.get('workedMs') ?? 0);
  const nanoUsd = billedNano(values);
  if (nanoUsd === undefined && workedMs === 0) return;
  const before = tally.known.get(fetchRef) ?? { rows: 0, nanoUsd: 0n, workedMs: 0 };
  tally.known.set(fetchRef, {
    rows: before.rows + 1,
    nanoUsd: before.nanoUsd + (nanoUsd ?? 0n),
    workedMs: before.workedMs + workedMs,
  });
}

function misplacedCharge(
  { key }: FactResult,
  earlier: VersionInForce,
  line: ReportedFact,
): RowRejection {
  const { shape, place, fact, nameOf } = line;
  const values = toValueMap(shape, { key, contents: earlier.contents });
  const from = nameOf(earlier.fetchRef);
  const conflict =
    `the id ${quoteShort(String(values.get('key')))} is already used for ` +
    `${quoteShort(String(values.get('resourceId')))} from ${spanText(values)} ` +
    `(${originText(from, earlier.position)})`;
  const expected = 'expected the same resource and period';
  const todo =
    'give each line its own id, or import the file with another --source' +
    undoHint(from, 'if this line corrects it');
  const reason = `${conflict}; ${expected}; ${todo}`;
  const { position } = place;
  return { position, reason, excerpt: factExcerpt(fact), metRef: earlier.fetchRef };
}

function spanText(values: ReadonlyMap<string, StoredValue>): string {
  const at = (key: string) => instantText(Number(values.get(key)));
  return `${at('startMs')} to ${at('endMs')}`;
}

/** The origin of a fact: `line 2 of july.csv, fetch 1`. */
export function originText(from: FetchName, position: number): string {
  const where = from.kind.startsWith('import.')
    ? `line ${position} of ${fetchFile(from)}`
    : from.kind;
  return `${where}, fetch ${from.fetchRef}`;
}

/** Only imports can be undone, so facts from a pull get no hint. */
export function undoHint(from: FetchName, when: string): string {
  return isManual(from) ? `; ${when}, first run: rentcheck import --undo ${from.fetchRef}` : '';
}

/** A bill in somebody else's columns, read as ours by what rentcheck.yaml says of it. */

import { plainAmount } from '../../domain/currency.ts';
import { decimal, type Exact, exact, multiply, parseExact } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type ImportMapping, type MappedUnit, MONEY_COLUMNS } from '../../domain/importMapping.ts';
import { monthEndMs, monthStartMs, parseMonth } from '../../domain/months.ts';
import { DAY_MS, instantText, parseInstant } from '../../domain/period.ts';
import { shown } from '../../platform/wording.ts';
import type { FactKind, ImportName } from './factKind.ts';
import { BadRow, type Row } from './row.ts';

/** The same kind of fact, read from a file in the mapping's columns; all others become tags. */
export function mappedKind<Name extends ImportName>(
  kind: FactKind<Name>,
  mapping: ImportMapping,
): FactKind<Name> {
  const { columns, rows, separator } = mapping;
  const theirs = [...new Set([...Object.values(columns), ...Object.keys(rows)])];
  return {
    ...kind,
    columns: { required: theirs, optional: [], keepsExtras: true, separator },
    read(row, frame) {
      const isWanted = Object.entries(rows).every(([name, glob]) =>
        matchesGlob(glob, row.cell(name)),
      );
      return isWanted ? kind.read(new MappedRow(row, mapping), frame) : undefined;
    },
  };
}

const NUMBERS = new Set<string>([...MONEY_COLUMNS, 'quantity', 'gpu_count']);

class MappedRow implements Row {
  readonly line: number;
  readonly #row: Row;
  readonly #mapping: ImportMapping;

  constructor(row: Row, mapping: ImportMapping) {
    this.line = row.line;
    this.#row = row;
    this.#mapping = mapping;
  }

  cell(column: string): string {
    if (column === 'start') return this.#start();
    if (column === 'end') return this.#end();
    if (column === 'unit' && this.#isTime()) return 'Hours';
    if (column === 'invoice_issued') return this.#time(column);
    return NUMBERS.has(column) ? this.#number(column) : this.#told(column);
  }

  extras(): Readonly<Record<string, string>> | undefined {
    return this.#row.extras();
  }

  excerpt(): string {
    return this.#row.excerpt();
  }

  #told(column: string): string {
    const { columns, constants } = this.#mapping;
    const theirs = columns[column];
    return theirs === undefined ? (constants[column] ?? '') : this.#row.cell(theirs);
  }

  #has(column: string): boolean {
    const { columns, constants } = this.#mapping;
    return columns[column] !== undefined || constants[column] !== undefined;
  }

  /** Is the quantity a time, which becomes hours? */
  #isTime(): boolean {
    return this.#mapping.units['quantity'] !== undefined;
  }

  #start(): string {
    if (this.#has('month')) return instantText(this.#month());
    return this.#has('day') ? this.#time('day') : this.#time('start');
  }

  #end(): string {
    if (this.#has('month')) return instantText(monthEndMs(this.#month()));
    const last = (['day', 'last_day'] as const).find((column) => this.#has(column));
    if (last === undefined) return this.#time('end');
    const startMs = parseInstant(this.#time(last));
    return startMs === undefined ? '' : instantText(startMs + DAY_MS);
  }

  #month(): number {
    const cell = this.#told('month');
    const monthMs = parseMonth(cell) ?? monthInWords(cell) ?? this.#monthOfDay(cell);
    return monthMs ?? this.#refuse('month', 'a month like 2026-07, 07/2026 or July 2026');
  }

  #monthOfDay(cell: string): number | undefined {
    const dayMs = dateOf(cell, this.#mapping.dates);
    return dayMs === undefined ? undefined : monthStartMs(dayMs);
  }

  /** As ISO 8601, which is what our own columns hold. */
  #time(column: string): string {
    const cell = this.#told(column);
    if (cell === '') return '';
    const atMs = dateOf(cell, this.#mapping.dates) ?? parseInstant(cell);
    return atMs === undefined
      ? this.#refuse(column, `a date as ${this.#mapping.dates}`)
      : instantText(atMs);
  }

  #number(column: string): string {
    const cell = this.#told(column);
    if (cell === '') return '';
    const { decimal: mark, units } = this.#mapping;
    const number = numberOf(cell, mark);
    const unit = units[column];
    if (number === undefined) {
      const expected =
        mark === undefined
          ? "a plain decimal, or decimal: '.' or ',' under imports"
          : `a number with decimals after "${mark}"`;
      return this.#refuse(column, expected);
    }
    // As it is written, so that what cannot be a number is refused with its own digits.
    if (unit === undefined) return number;
    // To 18 decimals: 100 minutes are 1.666666666666666667 hours.
    return plainAmount(multiply(decimal(number), UNIT_OF[unit]));
  }

  #refuse(column: string, expected: string): never {
    const theirs = this.#mapping.columns[column];
    const cell = shown(this.#told(column));
    const name = theirs === undefined ? column : `${shown(theirs)} (${column})`;
    const todo = 'fix it, or imports in the config';
    throw new BadRow(`${name} is ${cell}; expected ${expected}; ${todo}`);
  }
}

const UNIT_OF: Readonly<Record<MappedUnit, Exact>> = {
  cents: exact(1n, 100n),
  milliseconds: exact(1n, 3_600_000n),
  seconds: exact(1n, 3600n),
  minutes: exact(1n, 60n),
  days: exact(24n),
};

/**
 * A number of an invoice as a plain decimal: `$1,234.50` with decimals after a point, and
 * `(1.234,50 €)` with decimals after a comma, which is negative. Without the mark nobody can tell.
 */
function numberOf(cell: string, mark: '.' | ',' | undefined): string | undefined {
  const isInBrackets = /^\(.*\)$/.test(cell);
  const bare = cell
    .replaceAll(/^\(|\)$|[$€£¥\s\u00a0\u202f]/g, '')
    .replace(/^[A-Z]{3}|[A-Z]{3}$/, '');
  const plain = withPoint(bare, mark);
  if (plain === undefined || parseExact(plain) === undefined) return undefined;
  return isInBrackets ? `-${plain}` : plain;
}

function withPoint(bare: string, mark: '.' | ',' | undefined): string | undefined {
  if (mark === undefined) return bare;
  const group = mark === '.' ? ',' : '.';
  const [whole = '', ...rest] = bare.split(mark);
  const isGrouped = whole.includes(group) && !/^[+-]?\d{1,3}(?:[.,]\d{3})+$/.test(whole);
  if (rest.length > 1 || isGrouped || rest[0]?.includes(group) === true) return undefined;
  return [whole.replaceAll(group, ''), ...rest].join('.');
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Of 1 to 12; by its number or by at least three letters of its English name. */
function monthNumber(text: string): number | undefined {
  const number = /^\d{1,2}$/.test(text)
    ? Number(text)
    : MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
  return number >= 1 && number <= 12 ? number : undefined;
}

/** `07/2026`, `July 2026`, `Jul 2026`. */
function monthInWords(cell: string): number | undefined {
  const [, name = '', year = ''] = /^(\d{1,2}|[A-Za-z]{3,9})[\s/.-]+(\d{4})$/.exec(cell) ?? [];
  const month = monthNumber(name);
  return month === undefined ? undefined : Date.UTC(Number(year), month - 1, 1);
}

/** Where year, month and day stand in each spelling. */
const SPELLED: Readonly<Record<string, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})/,
  'DD/MM/YYYY': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})/,
  'MM/DD/YYYY': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})/,
  'DD.MM.YYYY': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})/,
  'D MMM YYYY': /^(?<d>\d{1,2}) (?<m>[A-Za-z]{3,9}) (?<y>\d{4})/,
  'MMM D, YYYY': /^(?<m>[A-Za-z]{3,9}) (?<d>\d{1,2}),? (?<y>\d{4})/,
};

const CLOCK = /^(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?:Z| ?UTC)?$/;

/** An instant as the file spells it, in UTC; `undefined` for what is none, such as 31 February. */
function dateOf(cell: string, format: ImportMapping['dates']): number | undefined {
  if (format === 'unix' || format === 'unix-ms') {
    const isPlain = /^\d{1,14}(?:\.\d+)?$/.test(cell);
    return isPlain ? Math.round(Number(cell) * (format === 'unix' ? 1000 : 1)) : undefined;
  }
  const found = SPELLED[format]?.exec(cell);
  const clock = CLOCK.exec(cell.slice(found?.[0].length ?? 0));
  const { y, m = '', d } = found?.groups ?? {};
  const month = monthNumber(m);
  if (clock === null || month === undefined) return undefined;
  const [hours, minutes, seconds] = clock
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const date = new Date(Date.UTC(Number(y), month - 1, Number(d), hours, minutes, seconds));
  const isReal = date.getUTCMonth() === month - 1 && (hours ?? 0) < 24 && (minutes ?? 0) < 60;
  return isReal ? date.getTime() : undefined;
}

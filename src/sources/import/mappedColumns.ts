/** Reads a bill in custom columns by the mapping in rentcheck.yaml. */

import { plainAmount } from '../../domain/currency.ts';
import { decimal, type Exact, exact, multiply, parseExact } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type ImportMapping, type MappedUnit, MONEY_COLUMNS } from '../../domain/fileMapping.ts';
import {
  DAY_MS,
  instantText,
  monthEndMs,
  monthStartMs,
  parseInstant,
  parseMonth,
} from '../../domain/period.ts';
import { quoteShort } from '../../platform/text.ts';
import type { FactKind, ImportName } from './factKind.ts';
import { type FileRow, RowFault } from './columns.ts';

/**
 * The same kind of fact, read from a file with the mapping's columns. All other columns become
 * tags.
 */
export function toMappedKind<Name extends ImportName>(
  kind: FactKind<Name>,
  mapping: ImportMapping,
): FactKind<Name> {
  const { columns, rows, separator } = mapping;
  const fileColumns = [...new Set([...Object.values(columns), ...Object.keys(rows)])];
  return {
    ...kind,
    columns: { required: fileColumns, optional: [], keepsExtras: true, separator },
    read(row, frame) {
      const isSelected = Object.entries(rows).every(([name, glob]) =>
        matchesGlob(glob, row.cell(name)),
      );
      return isSelected ? kind.read(new MappedRow(row, mapping), frame) : undefined;
    },
  };
}

const NUMBERS = new Set<string>([...MONEY_COLUMNS, 'quantity', 'gpu_count']);

class MappedRow implements FileRow {
  readonly line: number;
  readonly #row: FileRow;
  readonly #mapping: ImportMapping;

  constructor(row: FileRow, mapping: ImportMapping) {
    this.line = row.line;
    this.#row = row;
    this.#mapping = mapping;
  }

  cell(column: string): string {
    if (column === 'start') return this.#start();
    if (column === 'end') return this.#end();
    if (column === 'unit' && this.#isTime()) return 'Hours';
    if (column === 'invoice_issued') return this.#time(column);
    return NUMBERS.has(column) ? this.#number(column) : this.#mapped(column);
  }

  extras(): Readonly<Record<string, string>> | undefined {
    return this.#row.extras();
  }

  excerpt(): string {
    return this.#row.excerpt();
  }

  #mapped(column: string): string {
    const { columns, constants } = this.#mapping;
    const fileColumn = columns[column];
    return fileColumn === undefined ? (constants[column] ?? '') : this.#row.cell(fileColumn);
  }

  #has(column: string): boolean {
    const { columns, constants } = this.#mapping;
    return columns[column] !== undefined || constants[column] !== undefined;
  }

  /** Whether the quantity is a duration, which is converted to hours. */
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
    const cell = this.#mapped('month');
    const monthMs = parseMonth(cell) ?? parseWrittenMonth(cell) ?? this.#monthOfDay(cell);
    return monthMs ?? this.#refuse('month', 'a month like 2026-07, 07/2026 or July 2026');
  }

  #monthOfDay(cell: string): number | undefined {
    const dayMs = parseDate(cell, this.#mapping.dates);
    return dayMs === undefined ? undefined : monthStartMs(dayMs);
  }

  /** The time as ISO 8601, the format of our own columns. */
  #time(column: string): string {
    const cell = this.#mapped(column);
    if (cell === '') return '';
    const atMs = parseDate(cell, this.#mapping.dates) ?? parseInstant(cell);
    return atMs === undefined
      ? this.#refuse(column, `a date as ${this.#mapping.dates}`)
      : instantText(atMs);
  }

  #number(column: string): string {
    const cell = this.#mapped(column);
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
    // Keeps the number as written, so that an error shows the original digits.
    if (unit === undefined) return number;
    // Rounded to 18 decimals: 100 minutes are 1.666666666666666667 hours.
    return plainAmount(multiply(decimal(number), UNIT_FACTORS[unit]));
  }

  #refuse(column: string, expected: string): never {
    const fileColumn = this.#mapping.columns[column];
    const cell = quoteShort(this.#mapped(column));
    const name = fileColumn === undefined ? column : `${quoteShort(fileColumn)} (${column})`;
    const todo = 'fix it, or imports in the config';
    throw new RowFault(`${name} is ${cell}; expected ${expected}; ${todo}`);
  }
}

const UNIT_FACTORS: Readonly<Record<MappedUnit, Exact>> = {
  cents: exact(1n, 100n),
  milliseconds: exact(1n, 3_600_000n),
  seconds: exact(1n, 3600n),
  minutes: exact(1n, 60n),
  days: exact(24n),
};

/**
 * A number of an invoice as a plain decimal. `$1,234.50` has a decimal point. `(1.234,50 €)` has a
 * decimal comma and is negative. Without the decimal mark, the number is ambiguous.
 */
function numberOf(cell: string, mark: '.' | ',' | undefined): string | undefined {
  const isNegative = /^\(.*\)$/.test(cell);
  const digits = cell
    .replaceAll(/^\(|\)$|[$€£¥\s\u00a0\u202f]/g, '')
    .replace(/^[A-Z]{3}|[A-Z]{3}$/, '');
  const plain = withPoint(digits, mark);
  if (plain === undefined || parseExact(plain) === undefined) return undefined;
  return isNegative ? `-${plain}` : plain;
}

function withPoint(digits: string, mark: '.' | ',' | undefined): string | undefined {
  if (mark === undefined) return digits;
  const groupMark = mark === '.' ? ',' : '.';
  const [whole = '', ...rest] = digits.split(mark);
  const isGrouped = whole.includes(groupMark) && !/^[+-]?\d{1,3}(?:[.,]\d{3})+$/.test(whole);
  if (rest.length > 1 || isGrouped || rest[0]?.includes(groupMark) === true) return undefined;
  return [whole.replaceAll(groupMark, ''), ...rest].join('.');
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * The number of a month, from 1 to 12, by number or by at least three letters of its English name.
 */
function monthNumber(text: string): number | undefined {
  const number = /^\d{1,2}$/.test(text)
    ? Number(text)
    : MONTHS.indexOf(text.slice(0, 3).toLowerCase()) + 1;
  return number >= 1 && number <= 12 ? number : undefined;
}

/** Parses `07/2026`, `July 2026` or `Jul 2026`. */
function parseWrittenMonth(cell: string): number | undefined {
  const [, name = '', year = ''] = /^(\d{1,2}|[A-Za-z]{3,9})[\s/.-]+(\d{4})$/.exec(cell) ?? [];
  const month = monthNumber(name);
  return month === undefined ? undefined : Date.UTC(Number(year), month - 1, 1);
}

/** The positions of year, month and day in each date format. */
const DATE_PATTERNS: Readonly<Record<string, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})/,
  'DD/MM/YYYY': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})/,
  'MM/DD/YYYY': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})/,
  'DD.MM.YYYY': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})/,
  'D MMM YYYY': /^(?<d>\d{1,2}) (?<m>[A-Za-z]{3,9}) (?<y>\d{4})/,
  'MMM D, YYYY': /^(?<m>[A-Za-z]{3,9}) (?<d>\d{1,2}),? (?<y>\d{4})/,
};

const CLOCK = /^(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?:Z| ?UTC)?$/;

/** Parses a time of the file as UTC; `undefined` for invalid dates such as 31 February. */
function parseDate(cell: string, format: ImportMapping['dates']): number | undefined {
  if (format === 'unix' || format === 'unix-ms') {
    const isPlain = /^\d{1,14}(?:\.\d+)?$/.test(cell);
    return isPlain ? Math.round(Number(cell) * (format === 'unix' ? 1000 : 1)) : undefined;
  }
  const found = DATE_PATTERNS[format]?.exec(cell);
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

/** Converts a value of a Parquet column to the text that the same cell has in CSV. */

import { scaledDecimal } from '../../domain/exact.ts';
import type { FileMetaData, ParquetParsers, SchemaElement, SchemaTree } from 'hyparquet';

/** Converts a value to text. A missing value becomes `''`. */
export type CellText = (value: unknown) => string;

/** Dates and times become ISO 8601, and JSON stays as it is, so no digit is lost. */
export const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis: bigint) => instantText(millis, 3),
  timestampFromMicroseconds: (micros: bigint) => instantText(micros, 6),
  timestampFromNanoseconds: (nanos: bigint) => instantText(nanos, 9),
  dateFromDays: (days: number) => instantText(BigInt(days) * 86_400n, 0).slice(0, 10),
  jsonFromBytes: (bytes: Uint8Array) => decoded(bytes),
};

const UTF8 = new TextDecoder('utf-8');

function decoded(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** The last second that a `Date` can represent. */
const LAST_SECOND = 8_640_000_000_000n;

/** `instantText(1782864000500n, 3)` is `2026-07-01T00:00:00.5Z`. */
function instantText(units: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const rest = ((units % perSecond) + perSecond) % perSecond;
  const second = (units - rest) / perSecond;
  if (second > LAST_SECOND || second < -LAST_SECOND) return units.toString();
  const whole = new Date(Number(second) * 1000).toISOString().replace('.000Z', '');
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(digits, '0')}`;
  return `${whole}${fraction.replace(/0+$/, '')}Z`;
}

/**
 * Removes the decimal type from its columns, so that their stored integers are read instead of
 * binary fractions. Returns the number of decimal places of each.
 */
export function removeDecimalTypes({ schema }: FileMetaData): ReadonlyMap<SchemaElement, number> {
  const scales = new Map<SchemaElement, number>();
  for (const element of schema) {
    const { converted_type: converted, logical_type: logical } = element;
    if (converted !== 'DECIMAL' && logical?.type !== 'DECIMAL') continue;
    scales.set(element, element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0));
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}

/**
 * Returns the function that converts a column's values to text. Maps, lists and groups become JSON.
 */
export function createCellText(
  column: SchemaTree,
  scales: ReadonlyMap<SchemaElement, number>,
): CellText {
  const { element, children } = column;
  if (children.length > 0) return (value) => (isAbsent(value) ? '' : jsonText(value));
  const scale = scales.get(element);
  if (scale !== undefined) return (value) => (isAbsent(value) ? '' : scaledText(value, scale));
  if (element.type === 'FLOAT') return (value) => (isAbsent(value) ? '' : floatText(Number(value)));
  return (value) => (isAbsent(value) ? '' : plainText(value));
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/**
 * The text of a plain value. A double becomes its shortest decimal: `0.1`, not its 55 binary
 * digits.
 */
function plainText(value: unknown): string {
  return value instanceof Uint8Array ? decoded(value) : String(value);
}

/** The shortest decimal of a 32-bit float: `0.1`, not `0.10000000149011612`. */
function floatText(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function scaledText(value: unknown, scale: number): string {
  const unscaled =
    value instanceof Uint8Array ? toSignedInteger(value) : BigInt(value as number | bigint);
  return scaledDecimal(unscaled, scale);
}

/** Parses a big-endian two's complement integer. */
function toSignedInteger(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner === 'bigint') return inner.toString();
    return inner instanceof Uint8Array ? decoded(inner) : inner;
  });
}

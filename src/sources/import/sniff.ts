/** Recognizes unsupported files by their first bytes. */

import { Failure } from '../../domain/failure.ts';

interface Signature {
  readonly bytes: readonly number[];
  readonly what: string;
  readonly hint: string;
}

const SIGNATURES: readonly Signature[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    what: 'a zip archive or an Excel workbook',
    hint: 'save the sheet as CSV in UTF-8, or unpack the archive first',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'Parquet', hint: 'export it as CSV first' },
  { bytes: [0xff, 0xfe], what: 'UTF-16 text', hint: 'save it as UTF-8' },
  { bytes: [0xfe, 0xff], what: 'UTF-16 text', hint: 'save it as UTF-8' },
];

/** @throws {Failure} `usage` for packed, binary and UTF-16 files. */
export function refuseUnsupported(firstBytes: Uint8Array, file: string): void {
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => firstBytes[i] === byte));
  if (known !== undefined) throw unsupported(file, known.what, known.hint);
  if (!firstBytes.subarray(0, 4096).includes(0)) return;
  throw unsupported(file, 'binary, or text in UTF-16', 'save it as CSV in UTF-8');
}

function unsupported(file: string, what: string, hint: string): Failure {
  return new Failure('usage', `${file} is ${what}`, {
    where: file,
    expected: 'CSV or JSON in UTF-8',
    hint,
  });
}

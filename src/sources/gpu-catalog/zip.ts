/** Reads one file from a zip archive in memory. */

import { crc32, inflateRawSync } from 'node:zlib';
import { Failure } from '../../domain/failure.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;
/** Marks sizes and offsets stored elsewhere (zip64), in archives over 4 GB. */
const ELSEWHERE = 0xffff_ffff;

/**
 * Unpacks the first file whose name matches, using the central directory (APPNOTE.TXT 4.3).
 * @throws {Failure} `malformed` if it is no zip archive, lacks the file or is damaged; `too-large`
 *   if the file unpacks to more than `mostBytes`.
 */
export function readZipEntry(
  zip: Uint8Array,
  matches: (name: string) => boolean,
  { where, mostBytes }: { readonly where: string; readonly mostBytes: number },
): Uint8Array {
  const entry = [...entriesOf(zip, where)].find(({ name }) => matches(name));
  if (entry === undefined) throw malformed(where, 'the archive does not have this file');
  if (entry.bytes > mostBytes) {
    throw new Failure('too-large', `${entry.name} in ${where} has ${entry.bytes} bytes`, {
      where,
      expected: `at most ${mostBytes} bytes`,
      hint: 'the address is not that of the catalog archive; check baseUrl',
    });
  }
  const plain = unpacked(zip, entry, where);
  if (plain.length !== entry.bytes || crc32(plain) !== entry.crc) {
    throw malformed(where, `${entry.name} in the archive is damaged`);
  }
  return plain;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

function* entriesOf(zip: Uint8Array, where: string): Generator<Entry> {
  const view = viewOf(zip);
  const end = endOf(view);
  if (end === undefined) throw malformed(where, 'the response is not a zip archive');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== ENTRY) {
      throw malformed(where, 'the file list of the archive is damaged');
    }
    const [packedBytes, bytes] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const headerAt = view.getUint32(at + 42, true);
    if ([packedBytes, bytes, headerAt].includes(ELSEWHERE)) {
      throw malformed(where, 'the archive is larger than 4 GB');
    }
    const nameBytes = view.getUint16(at + 28, true);
    yield {
      name: new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameBytes)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes,
      bytes,
      headerAt,
    };
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

/** Finds the end-of-directory record, which only a comment may follow. */
function endOf(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function unpacked(zip: Uint8Array, entry: Entry, where: string): Uint8Array {
  const { name, method, packedBytes, bytes, headerAt } = entry;
  if (headerAt + 30 > zip.length) throw malformed(where, `${name} in the archive is damaged`);
  const view = viewOf(zip);
  const skipped = view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const from = headerAt + 30 + skipped;
  const packed = zip.subarray(from, from + packedBytes);
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw malformed(where, `${name} uses an unsupported compression method`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    throw malformed(where, `${name} in the archive is damaged`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(where: string, message: string): Failure {
  return new Failure('malformed', `${message}: ${where}`, {
    where,
    expected: 'a zip archive with one table',
  });
}

/** Opens a file on disk for an import. */

import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { type ImportBatch, type ImportRequest, readImport } from './readImport.ts';

/** Bytes per read, small compared with a batch. */
const CHUNK_BYTES = 64 * 1024;

/**
 * {@link readImport} for a path. A relative path starts at `folder`, and `-` is CSV on standard
 * input. Facts record the file as `file:NAME`.
 * @throws {Failure} `file-unreadable`, and what {@link readImport} throws.
 */
export function readImportFile(
  request: Omit<ImportRequest, 'stream' | 'file'> & { readonly path: string },
  folder = '.',
): AsyncGenerator<ImportBatch> {
  const { path, ...rest } = request;
  return readImport({ ...rest, file: basename(path), stream: readBytes(path, folder) });
}

async function* readBytes(path: string, folder: string): AsyncGenerator<Uint8Array> {
  const stream =
    path === '-'
      ? process.stdin
      : createReadStream(resolve(folder, path), { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('file-unreadable', `cannot read ${path}: ${REASONS[code] ?? code}`, {
      where: path,
      expected: 'a readable file',
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied for this user',
  EPERM: 'permission denied for this user',
  EISDIR: 'it is a folder',
};

/** Knows how a file that a person asked for is written, and what is said where it cannot be. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../domain/failure.ts';

/**
 * Writes a file; folders on its way are made.
 * @throws {Failure} `disk-full`, or `file-unreadable` where the path cannot be written, naming it.
 */
export async function writeInFolder(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
};

function notWritten(path: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (FULL.includes(code)) {
    return new Failure('disk-full', `${path} could not be written: the disk is full`, {
      where: path,
      cause,
    });
  }
  return new Failure('file-unreadable', `${path} cannot be written: ${REASONS[code] ?? code}`, {
    where: path,
    expected: 'a path that this user may write to',
    hint: 'name another place, or make this one writable',
    cause,
  });
}

/** Writes files that a person asked for, and says plainly where one cannot be written. */

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';

/**
 * Writes a file, whose path begins in `folder` where it is relative; folders on its way are made.
 * @throws {Failure} `disk-full`, or `file-unreadable` where the path cannot be written, naming it.
 */
export async function writeInFolder(
  path: string,
  bytes: Uint8Array | string,
  folder = '.',
): Promise<void> {
  const full = resolve(folder, path);
  try {
    await ensureFolder(dirname(full));
    await writeFile(full, bytes);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/**
 * {@link ensureFolder} for a folder that a person named.
 * @throws {Failure} `disk-full`, or `file-unreadable` where it cannot be made, naming it.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await ensureFolder(path);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/**
 * Makes a folder and those above it that are missing; one that is there is kept as it is.
 *
 * Not by `mkdir` with `recursive`: Node 24 never returns from it where the folder above exists and
 * takes no folder, as /proc does. Here every step goes one folder up, so it ends.
 * @throws {NodeJS.ErrnoException} as `mkdir` does for the first folder that cannot be made.
 */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await ensureFolder(parent);
    await mkdirUnlessThere(path);
  }
}

/** Another program may make the same folder at the same time. */
async function mkdirUnlessThere(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What cannot be looked at is not there for us; the caller has the reason why.
    return false;
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
  ENOENT: 'no folder can be made there',
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

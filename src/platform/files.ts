/** Writes files completely or not at all, with clear errors if that fails. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { formatCount } from '../domain/figures.ts';
import { Failure } from '../domain/failure.ts';

/**
 * Writes a file. A relative path starts in `folder`, and missing folders are created. An existing
 * file stays until the new one is complete and on disk, and remains if writing fails.
 * @throws {Failure} `disk-full`, or `file-unreadable` if the path is not writable. Both name the
 * path.
 */
export async function writeWholeFile(
  path: string,
  bytes: Uint8Array | string,
  folder = '.',
): Promise<void> {
  const full = resolve(folder, path);
  try {
    await ensureFolder(dirname(full));
    await replaceFile(full, bytes);
  } catch (cause) {
    throw writeFailure(path, cause, Buffer.byteLength(bytes));
  }
}

async function replaceFile(full: string, bytes: Uint8Array | string): Promise<void> {
  const before = await stat(full).catch(undefinedIfMissing);
  // A device or a pipe is written to, never replaced.
  if (before !== undefined && !before.isFile()) return writeFile(full, bytes);
  // The target of a symbolic link is replaced, the link stays.
  const target = before === undefined ? full : await realpath(full);
  const temporary = await writeTemporaryFile(target, bytes, before?.mode);
  try {
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

function undefinedIfMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/**
 * Writes a temporary file beside `path` (`.report.eml.6f….part`) and returns its name. It is on
 * disk when this resolves.
 * @throws {NodeJS.ErrnoException} if it cannot be written. No file is left then.
 */
export async function writeTemporaryFile(
  path: string,
  bytes: Uint8Array | string,
  mode?: number,
): Promise<string> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const file = await open(temporary, 'wx');
  try {
    if (mode !== undefined) await file.chmod(mode & 0o777);
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/**
 * A new file name is on disk once its folder is. Windows cannot open folders and does not need
 * this.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * {@link ensureFolder} for a folder that a person named.
 * @throws {Failure} `disk-full`, or `file-unreadable` if it cannot be created. Both name the path.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await ensureFolder(path);
  } catch (cause) {
    throw writeFailure(path, cause, 0);
  }
}

/**
 * Creates a folder and its missing parents. An existing folder is left alone.
 *
 * It does not use `mkdir` with `recursive`: in Node 24 that never returns if the parent exists but
 * accepts no folders, like /proc. Here every step goes one folder up, so it ends.
 * @throws {NodeJS.ErrnoException} as `mkdir` does for the first folder that cannot be created.
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

/** Another program may create the same folder at the same time. */
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
    // A path that cannot be read counts as missing. The caller reports its own error.
    return false;
  }
}

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is full",
  EFBIG: 'the file would be larger than this file system allows',
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied for this user',
  EPERM: 'permission denied for this user',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENOENT: 'a folder cannot be created there',
};

function writeFailure(path: string, cause: unknown, size: number): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const full = Object.hasOwn(FULL, code) ? FULL[code] : undefined;
  if (full !== undefined) {
    const wanted = size === 0 ? '' : ` (${formatCount(size, 'byte')} needed)`;
    const message = `cannot write ${path}: ${full}${wanted}; the incomplete file was removed`;
    return new Failure('disk-full', message, { where: path, cause });
  }
  return new Failure('file-unreadable', `cannot write ${path}: ${REASONS[code] ?? code}`, {
    where: path,
    expected: 'a path that this user can write to',
    hint: 'use another path, or make this one writable',
    cause,
  });
}

/** Writes files, each whole or not at all, and says plainly where one cannot be written. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { counted } from '../domain/counted.ts';
import { Failure } from '../domain/failure.ts';

/**
 * Writes a file, whose path begins in `folder` where it is relative; folders on its way are made.
 * What stood there stays until the new file is whole and on disk, and stays for good where it
 * cannot be written.
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
    await replaceFile(full, bytes);
  } catch (cause) {
    throw notWritten(path, cause, Buffer.byteLength(bytes));
  }
}

async function replaceFile(full: string, bytes: Uint8Array | string): Promise<void> {
  const before = await stat(full).catch(nothingThere);
  // A device or a pipe is written to, never replaced.
  if (before !== undefined && !before.isFile()) return writeFile(full, bytes);
  // Behind a link the file is replaced, and the link stays.
  const target = before === undefined ? full : await realpath(full);
  const waiting = await writeAside(target, bytes, before?.mode);
  try {
    await rename(waiting, target);
  } catch (error) {
    await rm(waiting, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

function nothingThere(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/**
 * Writes what is to become a file: under a name beside it that no reader looks for
 * (`.report.eml.6f….part`), and on disk when this resolves. Answers that name.
 * @throws {NodeJS.ErrnoException} where it cannot be written; nothing of it is left then.
 */
export async function writeAside(
  path: string,
  bytes: Uint8Array | string,
  mode?: number,
): Promise<string> {
  const waiting = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  const file = await open(waiting, 'wx');
  try {
    if (mode !== undefined) await file.chmod(mode & 0o777);
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(waiting, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return waiting;
}

/** A name is on disk when its folder is; Windows opens no folder, and loses nothing by it. */
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
 * @throws {Failure} `disk-full`, or `file-unreadable` where it cannot be made, naming it.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await ensureFolder(path);
  } catch (cause) {
    throw notWritten(path, cause, 0);
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

function notWritten(path: string, cause: unknown, size: number): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const full = Object.hasOwn(FULL, code) ? FULL[code] : undefined;
  if (full !== undefined) {
    const wanted = size === 0 ? '' : ` (${counted(size, 'byte')} needed)`;
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

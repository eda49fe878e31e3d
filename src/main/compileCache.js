/**
 * Keeps compiled code between runs: a command compiles only what changed since the last one.
 *
 * `NODE_COMPILE_CACHE=DIR` puts it elsewhere, and `NODE_DISABLE_COMPILE_CACHE=1` turns it off; Node
 * itself obeys both.
 */

import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Enables the cache. Without a safe folder the program starts without it, only slower. */
export function enableCompileCache() {
  if (module.getCompileCacheDir() !== undefined) return;
  if ((process.env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return;
  const folder = cacheFolder();
  if (folder !== undefined) module.enableCompileCache(folder);
}

/** `$XDG_CACHE_HOME/rentcheck` or `~/.cache/rentcheck`; undefined if it cannot be used. */
function cacheFolder() {
  try {
    const configured = process.env['XDG_CACHE_HOME'] ?? '';
    const base = isAbsolute(configured) ? configured : join(homedir(), '.cache');
    const folder = join(base, 'rentcheck');
    for (const path of [base, folder]) make(path);
    return isOurs(folder) ? folder : undefined;
  } catch {
    // There is no home folder, or it is read-only or belongs to another user: nothing is cached.
    return undefined;
  }
}

/**
 * Creates one folder at a time: with `recursive`, Node never returns for a path like /proc.
 * @param {string} path
 */
function make(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
}

/**
 * Files in the folder are executed, so no other user may be able to write to it.
 * @param {string} folder
 */
function isOurs(folder) {
  const { uid, mode } = statSync(folder);
  // Windows has neither; there the folder is in the user's own profile.
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

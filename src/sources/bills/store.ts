/** The common interface of places that store bills as files: buckets, containers and folders. */

import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { Fetch } from '../../domain/provenance.ts';
import { sha256Hex } from '../../platform/digest.ts';
import { unreadableFetch } from '../fetchRecord.ts';

/** A file as it is listed. */
export interface StoredFile {
  /** The path below the bucket or the folder, with segments separated by `/`. */
  readonly key: string;
  /** Changes whenever the content does: an ETag without quotes, or size and time. */
  readonly version: string;
  /** When it was written. Absent if the list does not say. */
  readonly modifiedMs?: number;
}

/** A value, or the failure to get it. Either way, the fetch records the request. */
export type StoreResult<Value> =
  | { readonly fetch: Fetch; readonly value: Value }
  | { readonly fetch: Fetch; readonly failure: Failure };

export interface BillStore {
  /** Everything below the prefix, page by page. The last page may be a failure. */
  list(): AsyncGenerator<StoreResult<readonly StoredFile[]>>;
  /** Reads a short file. It must still have the listed version. */
  read(file: StoredFile): Promise<StoreResult<Uint8Array>>;
  /** Saves a file of any length to the path. It must still have the listed version. */
  save(file: StoredFile, path: string): Promise<StoreResult<undefined>>;
  /** The key of an address in a manifest: `a/b` for `s3://bucket/a/b`. */
  keyOf(address: string): string;
  /** The prefix of all listed keys, `exports/` or empty. It says nothing about a period. */
  readonly prefix: string;
  /** For messages: the location and the prefix, without secrets. */
  readonly name: string;
}

/** What a store needs to know about its source. */
export interface StoreClient {
  readonly sourceId: string;
  /** For example `focus`, whose fetches are `focus.list`, `focus.manifest` and `focus.file`. */
  readonly kind: string;
  readonly nowMs: () => number;
}

/** `folder/` for any spelling of the folder; empty for the root. */
export function folderPrefix(prefix: string | undefined): string {
  const bare = (prefix ?? '').replaceAll(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `${bare}/`;
}

interface FolderOptions {
  readonly folder: string;
  readonly prefix: string;
}

export function folderStore({ folder, prefix }: FolderOptions, asker: StoreClient): BillStore {
  const fetchOf = (what: string, key: string): Fetch => {
    const nowMs = asker.nowMs();
    const common = { sourceId: asker.sourceId, kind: `${asker.kind}.${what}`, url: `file:${key}` };
    return { ...common, startedAtMs: nowMs, endedAtMs: nowMs };
  };
  const attempt = async <Value>(
    what: string,
    key: string,
    task: () => Promise<Completed<Value>>,
  ) => {
    try {
      const { value, digest } = await task();
      return { fetch: { ...fetchOf(what, key), ...digest, endedAtMs: asker.nowMs() }, value };
    } catch (cause) {
      const failure = cause instanceof Failure ? cause : unreadable(key, cause);
      return { fetch: unreadableFetch(fetchOf(what, key), failure).fetch, failure };
    }
  };
  return {
    prefix,
    name: `the folder ${folder}${prefix === '' ? '' : `, under ${prefix}`}`,
    async *list() {
      yield await attempt('list', prefix, async () => ({
        value: await filesBelow(folder, prefix),
      }));
    },
    read: (file) =>
      attempt('manifest', file.key, async () => {
        const value = await readFile(join(folder, file.key));
        await requireUnchanged(folder, file);
        return { value, digest: { digest: sha256Hex(value) } };
      }),
    save: (file, path) =>
      attempt('file', file.key, async () => {
        await copyFile(join(folder, file.key), path);
        await requireUnchanged(folder, file);
        return { value: undefined, digest: { digest: await digestOf(path) } };
      }),
    keyOf: (address) => address.replace(/^[a-z0-9]+:\/\/[^/]+\//, ''),
  };
}

interface Completed<Value> {
  readonly value: Value;
  readonly digest?: { readonly digest: string };
}

async function filesBelow(folder: string, prefix: string): Promise<StoredFile[]> {
  const found = await readdir(join(folder, prefix), { recursive: true, withFileTypes: true });
  const files: StoredFile[] = [];
  for (const entry of found) {
    const key = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    const isHidden = key
      .slice(prefix.length)
      .split('/')
      .some((name) => name.startsWith('.'));
    if (isHidden || !(await isFile(folder, key, entry))) continue;
    files.push(await fileAt(folder, key));
  }
  return files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * A link to a file counts as a file. A link to a folder is an error, since its files would be
 * missed.
 */
async function isFile(folder: string, key: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await stat(join(folder, key));
  if (!target.isDirectory()) return target.isFile();
  throw new Failure('config', `${key} is a link to a folder, and such links are not followed`, {
    where: key,
    hint: 'set folder to the target of the link, or copy its files into this folder',
  });
}

async function fileAt(folder: string, key: string): Promise<StoredFile> {
  const { size, mtimeMs } = await stat(join(folder, key));
  return { key, version: `${size}-${mtimeMs}`, modifiedMs: Math.floor(mtimeMs) };
}

async function requireUnchanged(folder: string, file: StoredFile): Promise<void> {
  const { version } = await fileAt(folder, file.key);
  if (version === file.version) return;
  throw new Failure('not-settled', `${file.key} changed while the bill was being read`, {
    where: file.key,
    hint: 'it is still being written; known charges are kept, and the next pull reads it',
  });
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

function unreadable(key: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT') {
    return new Failure('not-found', `no such file or folder: ${key || 'unnamed'}`, {
      where: key,
      hint: 'check folder and prefix in rentcheck.yaml',
      cause,
    });
  }
  return new Failure('file-unreadable', `cannot read ${key}: ${code}`, { where: key, cause });
}

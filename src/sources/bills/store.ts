/** The common interface of places that store bills as files: buckets, containers and folders. */

import type { Failure } from '../../domain/failure.ts';
import type { Fetch } from '../../domain/provenance.ts';

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

/** Where bills lie as files: what a bucket, a container and a folder have in common. */

import type { Failure } from '../../domain/failure.ts';
import type { Fetch } from '../../domain/provenance.ts';

/** A file as a list shows it. */
export interface StoredFile {
  /** Below the bucket or the folder, segments divided by `/`. */
  readonly key: string;
  /** What changes whenever its content does: an ETag without its quotes, or size and time. */
  readonly version: string;
  /** When it was written; absent where the list does not tell. */
  readonly modifiedMs?: number;
}

/** An answer, or why there is none; either way the fetch says what was asked. */
export type Got<Value> =
  | { readonly fetch: Fetch; readonly value: Value }
  | { readonly fetch: Fetch; readonly failure: Failure };

export interface Store {
  /** Everything below the prefix, page by page; the last page may be a failure. */
  list(): AsyncGenerator<Got<readonly StoredFile[]>>;
  /** A short file; it must still be the version that was listed. */
  read(file: StoredFile): Promise<Got<Uint8Array>>;
  /** Puts a file of any length at the path; it must still be the version that was listed. */
  save(file: StoredFile, path: string): Promise<Got<undefined>>;
  /** The key of an address in a manifest: of `s3://bucket/a/b` it is `a/b`. */
  keyOf(address: string): string;
  /** Where all keys of the list begin, `exports/` or nothing: it says nothing of a period. */
  readonly prefix: string;
  /** For messages: the place and the prefix, without any secret. */
  readonly name: string;
}

/** What a store needs of its source. */
export interface Asker {
  readonly sourceId: string;
  /** `focus`: its fetches are `focus.list`, `focus.manifest` and `focus.file`. */
  readonly kind: string;
  readonly nowMs: () => number;
}

/** `folder/` for any spelling of the folder; nothing for the root. */
export function folderPrefix(prefix: string | undefined): string {
  const bare = (prefix ?? '').replaceAll(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `${bare}/`;
}

/** How several files that tell one period go together. */

import { Failure } from '../../domain/failure.ts';
import { MINUTE_MS } from '../../domain/period.ts';
import type { Span } from './billRows.ts';
import type { FileRule } from './layouts.ts';
import type { StoredFile } from './store.ts';

/**
 * The files to read where there is no manifest: all, or the newest.
 * @throws {Failure} `config` where there are several and nobody said which.
 */
export function ruled(
  files: readonly StoredFile[],
  { name, rule }: { readonly name: string; readonly rule: FileRule | 'told' | undefined },
): readonly StoredFile[] {
  if (files.length < 2 || rule === 'told') return files;
  if (rule === 'newest') return files.slice(0, 1);
  if (rule === 'all') return files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  throw severalFiles(name, files);
}

function severalFiles(name: string, files: readonly StoredFile[]): Failure {
  const shown = files.slice(0, 3).map(({ key }) => key);
  const message = `${name} has ${files.length} files, such as ${shown.join(', ')}`;
  return new Failure('config', message, {
    where: 'files',
    expected: 'one file per period, or a rule for several',
    hint:
      'set files: all if they are parts of one bill, or files: newest if each has the ' +
      'whole period so far',
  });
}

/** A file and when its charges begin. */
export interface Spanned {
  readonly file: StoredFile;
  readonly span: Span;
}

/** Files of one delivery are written within minutes of each other, deliveries an hour apart. */
const ONE_DELIVERY_MS = 30 * MINUTE_MS;

/**
 * Which files count, where nobody knows whether a delivery holds the last hour or the month so
 * far, the newest first. A file whose hours a newer one tells too is overwritten by it; one of
 * other hours stands beside it.
 * @throws {Failure} `config` where some of its hours are told twice and others not, or both are of
 * one delivery: adding could count twice, and leaving out could lose.
 */
export function standing<T extends Spanned>(found: readonly T[], name: string): T[] {
  const counted: T[] = [];
  for (const one of found) {
    const overlapping = counted.filter(({ span }) => meets(one.span, span));
    if (overlapping.length === 0) counted.push(one);
    else if (!overlapping.every((newer) => overwrites(newer, one))) {
      throw severalFiles(name, [one.file, ...overlapping.map(({ file }) => file)]);
    }
  }
  return counted;
}

function meets({ moments }: Span, other: Span): boolean {
  return !moments.isDisjointFrom(other.moments);
}

function overwrites(newer: Spanned, older: Spanned): boolean {
  const apartMs = (newer.file.modifiedMs ?? 0) - (older.file.modifiedMs ?? 0);
  if (apartMs < ONE_DELIVERY_MS) return newer.file.version === older.file.version;
  return older.span.moments.isSubsetOf(newer.span.moments);
}

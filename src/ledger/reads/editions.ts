/** Reads editions and verifies their digests. */

import type { Edition, EditionContent, EditionFile } from '../../domain/edition.ts';
import { Failure } from '../../domain/failure.ts';
import type { ReportFile } from '../../domain/letter.ts';
import { and, asc, desc, eq } from '../drizzle.ts';
import { editionDigest } from '../editionDigest.ts';
import type { Store } from '../store.ts';
import { editionFiles, editions, frozenBytes } from '../tables/post.ts';
import { readFrozen, tamperedBytes } from './frozen.ts';
import { definedFields } from './known.ts';

type Row = typeof editions.$inferSelect;

export interface EditionChoice {
  readonly id?: string;
  readonly quarter?: string;
  readonly runId?: string;
}

/** Newest quarter first, then newest edition first. */
export function readEditions(store: Store, choice: EditionChoice): Edition[] {
  return readRows(store, choice).map((row) => toEdition(store, row));
}

function readRows({ orm }: Store, { id, quarter, runId }: EditionChoice): Row[] {
  const matching = and(
    ...(id === undefined ? [] : [eq(editions.editionId, id)]),
    ...(quarter === undefined ? [] : [eq(editions.quarter, quarter)]),
    ...(runId === undefined ? [] : [eq(editions.runId, runId)]),
  );
  const newest = [desc(editions.quarter), desc(editions.number)];
  return orm
    .select()
    .from(editions)
    .where(matching)
    .orderBy(...newest)
    .all();
}

function toEdition(store: Store, row: Row): Edition {
  const { editionId: id, quarter, number, runId, subject, headline, digest, frozenAtMs } = row;
  const corrects = definedFields({ corrects: row.corrects });
  const files = readFiles(store, row.editionRef);
  return {
    id,
    quarter,
    number,
    runId,
    ...corrects,
    subject,
    headline,
    digest,
    frozenAtMs,
    files,
  };
}

function readFiles({ orm }: Store, editionRef: number): EditionFile[] {
  const { name, contentType, digest } = editionFiles;
  return orm
    .select({ name, contentType, digest, bytes: frozenBytes.plainBytes })
    .from(editionFiles)
    .innerJoin(frozenBytes, eq(frozenBytes.digest, editionFiles.digest))
    .where(eq(editionFiles.editionRef, editionRef))
    .orderBy(asc(editionFiles.ordinal))
    .all();
}

/** @throws {Failure} `no-data` for an unknown edition, `ledger-corrupt` if a digest differs. */
export function readEditionContent(store: Store, id: string): EditionContent {
  const { contentDigest } = readVerified(store, id);
  const bytes = readFrozen(store, contentDigest, `the content of edition ${id}`);
  return JSON.parse(new TextDecoder().decode(bytes)) as EditionContent;
}

/** Returns `undefined` if the edition has no such file. Throws like {@link readEditionContent}. */
export function readEditionFile(store: Store, id: string, name: string): ReportFile | undefined {
  const { edition } = readVerified(store, id);
  const file = edition.files.find((one) => one.name === name);
  if (file === undefined) return undefined;
  const { contentType, digest } = file;
  return { name, contentType, bytes: readFrozen(store, digest, `${name} of edition ${id}`) };
}

/** The edition, after checking its digest. */
function readVerified(store: Store, id: string): { edition: Edition; contentDigest: string } {
  const [row] = readRows(store, { id });
  if (row === undefined) throw unknownEdition(id);
  const edition = toEdition(store, row);
  const { contentDigest } = row;
  if (editionDigest({ ...edition, content: contentDigest }) !== edition.digest) {
    throw tamperedBytes(
      store.path,
      `edition ${id} does not match its digest (SHA-256 ${row.digest})`,
    );
  }
  return { edition, contentDigest };
}

export function unknownEdition(id: string): Failure {
  return new Failure('no-data', `unknown edition ${id}`, {
    expected: 'an edition like 2026-Q3.1',
    hint: 'look for it: rentcheck sql "SELECT edition FROM edition_by_quarter"',
  });
}

/** Reads editions and their frozen bytes, and verifies the digest of both each time. */

import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import {
  type Edition,
  type EditionContent,
  type EditionFile,
  editionId,
  type ReportFile,
  type ReportToFreeze,
} from '../domain/edition.ts';
import { Failure, invariant } from '../domain/failure.ts';
import { and, asc, desc, eq, type Store } from './store.ts';
import { auditRuns } from './tables/audit.ts';
import { editionFiles, editions, frozenBytes } from './tables/delivery.ts';
import { definedFields } from './rows.ts';
import { canonicalDigest, sha256Hex } from '../platform/digest.ts';
import { createInserter } from './writes/insert.ts';

type Row = typeof editions.$inferSelect;

export interface FreezeOutcome {
  readonly edition: Edition;
  /** False if this audit was frozen before. That edition stays, even if the bytes differ. */
  readonly isNew: boolean;
}

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

export interface EditionDigestInput {
  readonly id: string;
  readonly runId: string;
  readonly subject: string;
  readonly headline: string;
  /** The digest of messages and brief. */
  readonly content: string;
  /** In the order of the report. */
  readonly files: readonly EditionFile[];
}

/** Lower-case hex SHA-256 over id, audit, subject, headline, content and files. */
function editionDigest(input: EditionDigestInput): string {
  const { id, runId, subject, headline, content, files } = input;
  return canonicalDigest({ id, runId, subject, headline, content, files });
}

/** See `DeliveryStore.freezeEdition`. Call it inside a transaction. */
export function writeEdition(
  store: Store,
  report: ReportToFreeze,
  nowMs: number,
): FreezeOutcome | undefined {
  const { quarter, runId } = report;
  requireWhole(store, report);
  const [frozen] = readEditions(store, { quarter, runId });
  if (frozen !== undefined) return { edition: frozen, isNew: false };
  const [previous] = readEditions(store, { quarter });
  if (report.number !== (previous?.number ?? 0) + 1) return undefined;
  insertEdition(store, report, {
    nowMs,
    ...(previous === undefined ? {} : { corrects: previous.id }),
  });
  const [edition] = readEditions(store, { quarter, runId });
  invariant(edition !== undefined, 'an edition that was written can be read');
  return { edition, isNew: true };
}

/** Only audits of whole quarters have editions, not other or partial periods. */
function requireWhole({ orm, path }: Store, { quarter, runId }: ReportToFreeze): void {
  const { quarter: audited, partial } = auditRuns;
  const runs = orm.select({ quarter: audited, partial }).from(auditRuns);
  const run = runs.where(eq(auditRuns.runId, runId)).get();
  if (run === undefined) {
    throw new Failure('no-data', `no stored audit of run ${runId}`, { where: path });
  }
  if (run.quarter === quarter && !run.partial) return;
  throw new Failure('usage', `run ${runId} is not an audit of the whole quarter ${quarter}`, {
    expected: 'an audit of a quarter that is over',
    hint: `wait until the quarter is over, then run: rentcheck audit ${quarter}`,
  });
}

function insertEdition(
  store: Store,
  report: ReportToFreeze,
  { nowMs, corrects }: { nowMs: number; corrects?: string },
): void {
  const { quarter, number, runId, subject, headline, letters, brief } = report;
  const contentBytes = new TextEncoder().encode(JSON.stringify({ letters, brief }));
  const content = freezeBytes(store, contentBytes);
  const files = report.files.map(({ name, contentType, bytes }) => {
    return { name, contentType, digest: freezeBytes(store, bytes), bytes: bytes.byteLength };
  });
  const id = editionId(quarter, number);
  const editionRef = createInserter(
    store.db,
    editions,
  )({
    editionId: id,
    quarter,
    number,
    runId,
    corrects,
    subject,
    headline,
    contentDigest: content,
    digest: editionDigest({ id, runId, subject, headline, content, files }),
    frozenAtMs: nowMs,
  });
  const insertFile = createInserter(store.db, editionFiles);
  for (const [ordinal, { name, contentType, digest }] of files.entries()) {
    insertFile({ editionRef, ordinal, name, contentType, digest });
  }
}

/** @throws {Failure} `ledger-corrupt` if the bytes are missing or do not match the digest. */
export function readFrozen({ orm, path }: Store, digest: string, what: string): Uint8Array {
  const row = orm.select().from(frozenBytes).where(eq(frozenBytes.digest, digest)).get();
  const bytes = row === undefined ? undefined : decompress(row.zstd);
  if (bytes !== undefined && sha256Hex(bytes) === digest) return bytes;
  throw tamperedBytes(path, `${what} does not match its digest (SHA-256 ${digest})`);
}

function tamperedBytes(path: string, message: string): Failure {
  return new Failure('ledger-corrupt', `${message}: the ledger ${path} was changed or is damaged`, {
    where: path,
    expected: 'the exact bytes that were stored with the edition',
    hint: 'restore an earlier backup; the messages that were sent are still in the mailboxes',
  });
}

function decompress(zstd: Uint8Array): Uint8Array | undefined {
  try {
    return zstdDecompressSync(zstd);
  } catch {
    // Damaged. The caller reports it with the expected digest.
    return undefined;
  }
}

/**
 * Stores the bytes, or finds them stored, and returns their digest. Call it inside a transaction.
 */
export function freezeBytes({ db, orm }: Store, bytes: Uint8Array): string {
  const digest = sha256Hex(bytes);
  const known = orm.select({ digest: frozenBytes.digest }).from(frozenBytes);
  if (known.where(eq(frozenBytes.digest, digest)).get() === undefined) {
    const insert = createInserter(db, frozenBytes);
    insert({ digest, plainBytes: bytes.byteLength, zstd: zstdCompressSync(bytes) });
  }
  return digest;
}

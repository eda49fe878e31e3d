/** Freezes a report: all of it in one step, under the next number of its quarter. */

import { editionId, type ReportToFreeze } from '../../domain/edition.ts';
import { Failure } from '../../domain/failure.ts';
import { invariant } from '../../domain/invariant.ts';
import { editionDigest } from '../editionDigest.ts';
import type { FreezeOutcome } from '../post.ts';
import { readEditions } from '../reads/editions.ts';
import type { Store } from '../store.ts';
import { editionFiles, editions } from '../tables/post.ts';
import { freezeBytes } from './frozen.ts';
import { createInserter } from './insert.ts';

/** See `Post.freezeEdition`. Call it inside a transaction. */
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
function requireWhole({ db, path }: Store, { quarter, runId }: ReportToFreeze): void {
  const sql = 'SELECT quarter, partial FROM audit_run WHERE run_id = ?';
  const run = db.prepare(sql).get(runId) as { quarter: string | null; partial: bigint } | undefined;
  if (run === undefined) {
    throw new Failure('no-data', `no stored audit of run ${runId}`, { where: path });
  }
  if (run.quarter === quarter && run.partial === 0n) return;
  throw new Failure('usage', `run ${runId} is not an audit of the whole quarter ${quarter}`, {
    expected: 'an audit of a quarter that is over',
    hint: `wait until the quarter is over, then run: rentcheck audit ${quarter}`,
  });
}

function insertEdition(
  { db }: Store,
  report: ReportToFreeze,
  { nowMs, corrects }: { nowMs: number; corrects?: string },
): void {
  const { quarter, number, runId, subject, headline, letters, brief } = report;
  const contentBytes = new TextEncoder().encode(JSON.stringify({ letters, brief }));
  const content = freezeBytes(db, contentBytes);
  const files = report.files.map(({ name, contentType, bytes }) => {
    return { name, contentType, digest: freezeBytes(db, bytes), bytes: bytes.byteLength };
  });
  const id = editionId(quarter, number);
  const editionRef = createInserter(
    db,
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
  const insertFile = createInserter(db, editionFiles);
  for (const [ordinal, { name, contentType, digest }] of files.entries()) {
    insertFile({ editionRef, ordinal, name, contentType, digest });
  }
}

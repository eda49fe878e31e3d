/** Reads rejected rows and warnings of pulls and imports, newest first, with their origin. */

import { parsePullWarnings } from '../../domain/pullWarning.ts';
import { pullWarningSentence } from '../../report/copy/pullWarnings.ts';
import type { WebServices } from '../site.ts';
import { type ResultRow, toResultRows } from './rows.ts';

/** The pull or the import that brought a row. */
export interface RowOrigin {
  readonly fetch: number;
  readonly source: string;
  /** `import.charges`, `charges`. */
  readonly kind: string;
  readonly url: string;
  readonly atMs: number;
}

export interface RejectView {
  readonly ref: number;
  /** The line in a file, or the index of a record in a response. */
  readonly position: number;
  readonly reason: string;
  readonly excerpt: string;
  readonly origin: RowOrigin;
}

export interface RejectFilter {
  /** Only rows older than this reject number. */
  readonly before?: number | undefined;
  readonly source?: string | undefined;
  /** Fetch number of the import or pull. */
  readonly fetch?: number | undefined;
}

export const REJECTS_SHOWN = 100;

const COLUMNS = `
SELECT r.reject_ref, r.position, r.reason, r.excerpt,
  f.fetch_ref, f.source_id, f.kind, f.url, f.started_at_ms
FROM reject r JOIN fetch f ON f.fetch_ref = r.fetch_ref`;

/** At most {@link REJECTS_SHOWN} rows, plus one if more rows exist. */
export async function readRejects(
  { ledger }: Pick<WebServices, 'ledger'>,
  { before, source, fetch }: RejectFilter,
): Promise<RejectView[]> {
  const conditions = [
    ...(before === undefined ? [] : [`r.reject_ref < ${before}`]),
    ...(fetch === undefined ? [] : [`r.fetch_ref = ${fetch}`]),
    ...(source === undefined ? [] : [`r.fetch_ref IN (${fetchesOf(source)})`]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const order = `ORDER BY r.reject_ref DESC LIMIT ${REJECTS_SHOWN + 1}`;
  return toResultRows(await ledger.query(`${COLUMNS} ${where} ${order}`)).map(rejectOf);
}

export async function readReject(
  { ledger }: Pick<WebServices, 'ledger'>,
  ref: number,
): Promise<RejectView | undefined> {
  const [row] = toResultRows(await ledger.query(`${COLUMNS} WHERE r.reject_ref = ${ref}`));
  return row && rejectOf(row);
}

function fetchesOf(source: string): string {
  return `SELECT fetch_ref FROM fetch WHERE source_id = ${quoted(source)} AND rejected > 0`;
}

/** A SQL string literal. The text comes from the config or from a URL. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}

function rejectOf(row: ResultRow): RejectView {
  return {
    ref: row.number('reject_ref') ?? 0,
    position: row.number('position') ?? 0,
    reason: row.text('reason') ?? '',
    excerpt: row.text('excerpt') ?? '',
    origin: originOf(row),
  };
}

function originOf(row: ResultRow): RowOrigin {
  return {
    fetch: row.number('fetch_ref') ?? 0,
    source: row.text('source_id') ?? '',
    kind: row.text('kind') ?? '',
    url: row.text('url') ?? '',
    atMs: row.number('started_at_ms') ?? 0,
  };
}

export interface WarnedPull {
  readonly origin: RowOrigin;
  readonly says: string;
}

/** A ledger has millions of fetches after some years, so only the latest are read. */
const LATEST_FETCHES = 20_000;
const MOST_WARNED = 200;

const WARNED = `
SELECT f.fetch_ref, f.source_id, f.kind, f.url, f.started_at_ms, f.warnings_json
FROM fetch f
WHERE f.fetch_ref > (SELECT max(fetch_ref) FROM fetch) - ${LATEST_FETCHES}
  AND f.warnings_json IS NOT NULL AND f.warnings_json <> '[]'
ORDER BY f.fetch_ref DESC LIMIT ${MOST_WARNED}`;

/** Each distinct warning of a source once, from its newest fetch. */
export async function readPullWarnings({
  ledger,
}: Pick<WebServices, 'ledger'>): Promise<WarnedPull[]> {
  const warnings = toResultRows(await ledger.query(WARNED)).flatMap((row) => {
    const stored = parsePullWarnings(row.text('warnings_json') ?? '[]');
    return stored.map((warning) => {
      return { origin: originOf(row), says: pullWarningSentence(warning) };
    });
  });
  const seen = new Set<string>();
  return warnings.filter(({ origin: { source }, says }) => {
    const key = JSON.stringify([source, says]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Computes how many known tokens a response would remove through lower interval values. */

import type { Database } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import { prepareQuery } from '../statement.ts';
import type { UsageRow } from '../../domain/usage.ts';

/** The known intervals of a deployment, and what a response would remove. */
export interface UsageLoss {
  readonly deployment: string;
  /** Known intervals that the response has too. */
  readonly known: number;
  readonly knownTokens: number;
  /** Those with fewer tokens in the response. */
  readonly lower: number;
  /** Known tokens minus the response's, over all of them. */
  readonly lostTokens: number;
}

const TOKENS_IN_FORCE = `
SELECT u.start_ms, u.uncached_prompt_tokens + coalesce(u.cached_prompt_tokens, 0) + u.output_tokens
FROM usage_series s JOIN usage u ON u.series_ref = s.series_ref
WHERE s.deployment = ? AND s.source_id = ? AND u.start_ms BETWEEN ? AND ?
  AND u.recorded_at_ms <= ? AND u.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM usage n
    WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms AND n.recorded_at_ms <= ?
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
  )`;

/**
 * What the intervals of a response would remove, by deployment. Only repeated intervals count,
 * because missing ones stay unchanged.
 */
export function computeUsageLoss(
  db: Database,
  { usage = [] }: { readonly usage?: readonly Located<UsageRow>[] },
  atMs: number,
): UsageLoss[] {
  const byDeployment = Map.groupBy(usage, ({ fact }) => fact.deployment);
  return [...byDeployment].map(([deployment, located]) => {
    const rows = located.map(({ fact }) => fact);
    const knownTokens = readTokens(db, rows, atMs);
    const lost = { deployment, known: 0, knownTokens: 0, lower: 0, lostTokens: 0 };
    for (const row of rows) {
      const known = knownTokens.get(row.period.startMs);
      if (known === undefined) continue;
      const tokens = row.uncachedPromptTokens + (row.cachedPromptTokens ?? 0) + row.outputTokens;
      lost.known += 1;
      lost.knownTokens += known;
      lost.lower += tokens < known ? 1 : 0;
      lost.lostTokens += known - tokens;
    }
    return lost;
  });
}

function readTokens(db: Database, rows: readonly UsageRow[], atMs: number): Map<number, number> {
  const [first] = rows;
  if (first === undefined) return new Map();
  const [fromMs, toMs] = rows.reduce(
    ([from, to], { period: { startMs } }) => [Math.min(from, startMs), Math.max(to, startMs)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const { deployment, sourceId } = first;
  const found = prepareQuery<[number, number]>(db, TOKENS_IN_FORCE)
    .raw()
    .all(deployment, sourceId, fromMs, toMs, atMs, atMs);
  return new Map(found);
}

/** How many known tokens an answer would take back by telling intervals with fewer. */

import type { Database } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';

/** What is known of one deployment's intervals, and what an answer takes back of it. */
export interface UsageLost {
  readonly deployment: string;
  /** Intervals that are known and told again. */
  readonly known: number;
  readonly knownTokens: number;
  /** Those that are told with fewer tokens. */
  readonly lower: number;
  /** Known less told tokens of all of them. */
  readonly lostTokens: number;
}

const STANDING = `
SELECT u.start_ms, u.uncached_prompt_tokens + coalesce(u.cached_prompt_tokens, 0) + u.output_tokens
FROM usage_series s JOIN usage u ON u.series_ref = s.series_ref
WHERE s.deployment = ? AND s.source_id = ? AND u.start_ms BETWEEN ? AND ?
  AND u.recorded_at_ms <= ? AND u.withdrawn = 0 AND NOT EXISTS (
    SELECT 1 FROM usage n
    WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms AND n.recorded_at_ms <= ?
      AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)
  )`;

/**
 * What an answer's intervals take back, by deployment. Only those that are told again count: one
 * that is not told stands as it is.
 */
export function usageLost(
  db: Database,
  { usage = [] }: { readonly usage?: readonly Located<UsageRow>[] },
  atMs: number,
): UsageLost[] {
  const byDeployment = Map.groupBy(usage, ({ fact }) => fact.deployment);
  return [...byDeployment].map(([deployment, located]) => {
    const rows = located.map(({ fact }) => fact);
    const standing = standingOf(db, rows, atMs);
    const lost = { deployment, known: 0, knownTokens: 0, lower: 0, lostTokens: 0 };
    for (const row of rows) {
      const known = standing.get(row.period.startMs);
      if (known === undefined) continue;
      const told = row.uncachedPromptTokens + (row.cachedPromptTokens ?? 0) + row.outputTokens;
      lost.known += 1;
      lost.knownTokens += known;
      lost.lower += told < known ? 1 : 0;
      lost.lostTokens += known - told;
    }
    return lost;
  });
}

function standingOf(db: Database, rows: readonly UsageRow[], atMs: number): Map<number, number> {
  const [first] = rows;
  if (first === undefined) return new Map();
  const [fromMs, toMs] = rows.reduce(
    ([from, to], { period: { startMs } }) => [Math.min(from, startMs), Math.max(to, startMs)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const { deployment, sourceId } = first;
  const found = db
    .prepare(STANDING)
    .safeIntegers(false)
    .raw()
    .all(deployment, sourceId, fromMs, toMs, atMs, atMs) as [number, number][];
  return new Map(found);
}

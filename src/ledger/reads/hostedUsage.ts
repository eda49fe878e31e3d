/** Reads tokens bought from providers as of a time. */

import type { HostedUsage } from '../../domain/hostedUsage.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import { and, asc, eq, gt, lt } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { hostedUsage } from '../tables/usage.ts';
import { definedFields } from './known.ts';

/** Usage that overlaps the window, oldest first. */
export function readHostedUsage({ orm }: Store, window: Period, asOfMs: number): HostedUsage[] {
  const { sourceId, startMs, model, host, serviceTier, endMs, withdrawn } = hostedUsage;
  const key = [startMs, sourceId, model, host, serviceTier];
  const rows = orm
    .select()
    .from(hostedUsage)
    .where(
      and(
        lt(startMs, window.endMs),
        gt(endMs, window.startMs),
        eq(withdrawn, false),
        inForce(hostedUsage, key, asOfMs),
      ),
    )
    .orderBy(...key.map((column) => asc(column)))
    .all();
  return rows.map((row) => ({
    sourceId: row.sourceId,
    model: row.model,
    period: { startMs: row.startMs, endMs: row.endMs },
    uncachedPromptTokens: row.uncachedPromptTokens,
    outputTokens: row.outputTokens,
    ...(row.secondHand ? { secondHand: true as const } : {}),
    ...definedFields({
      host: row.host === '' ? null : row.host,
      serviceTier: row.serviceTier === '' ? null : row.serviceTier,
      cachedPromptTokens: row.cachedPromptTokens,
      cacheWriteTokens: row.cacheWriteTokens,
      reasoningTokens: row.reasoningTokens,
      requests: row.requests,
      usd: row.usd === null ? null : nanoUsd(row.usd),
    }),
  }));
}

/** Sums tokens by hour of the period; unknown hours stay unknown. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';

/**
 * Tokens by hour, counted from the start of the period. An interval longer than an hour is spread
 * evenly over its hours.
 */
export function hourlyTokens(series: UsageSeries, window: Period): Float64Array {
  const hours = new Float64Array(Math.ceil((window.endMs - window.startMs) / HOUR_MS));
  hours.fill(Number.NaN);
  for (let row = 0; row < series.length; row += 1) {
    const startMs = (series.startMs[row] ?? 0) - window.startMs;
    const endMs = (series.endMs[row] ?? 0) - window.startMs;
    const tokens = tokensAt(series, row);
    if (endMs - startMs <= HOUR_MS) addTo(hours, Math.floor(startMs / HOUR_MS), tokens);
    else spread(hours, { startMs, endMs, tokens });
  }
  return hours;
}

/** Whole tokens for each hour, which sum to the total: 10 over three hours are 3, 3 and 4. */
function spread(
  hours: Float64Array,
  { startMs, endMs, tokens }: { startMs: number; endMs: number; tokens: number },
): void {
  let assigned = 0;
  for (let at = startMs; at < endMs; ) {
    const hour = Math.floor(at / HOUR_MS);
    const cutMs = Math.min(endMs, (hour + 1) * HOUR_MS);
    const upTo = Math.floor((tokens * (cutMs - startMs)) / (endMs - startMs));
    addTo(hours, hour, upTo - assigned);
    [at, assigned] = [cutMs, upTo];
  }
}

function addTo(hours: Float64Array, hour: number, tokens: number): void {
  const known = hours[hour];
  if (known === undefined) return;
  hours[hour] = (Number.isNaN(known) ? 0 : known) + tokens;
}

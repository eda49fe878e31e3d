/** The rows of the crash test: usage and charges in batches. */

import type { Charge } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { MINUTE_MS, period } from '../../src/domain/period.ts';
import type { UsageRow } from '../../src/domain/usage.ts';

export const BATCHES = 30;
const ROWS = 400;
const START = Date.UTC(2026, 6, 1);

export const CRASH_IMPORT = {
  sourceId: 'import',
  kind: 'import.usage',
  url: 'file:usage.csv',
  startedAtMs: START,
};

export function importBatch(batch: number) {
  const positions = Array.from({ length: ROWS }, (_, row) => batch * ROWS + row);
  return {
    usage: positions.map((position) => ({ position, fact: usageRow(position) })),
    charges: positions.slice(0, 20).map((position) => ({ position, fact: chargeRow(position) })),
  };
}

function usageRow(position: number): UsageRow {
  const startMs = START + Math.floor(position / 3) * MINUTE_MS;
  return {
    sourceId: 'import',
    deployment: `d${position % 3}`,
    outputTokens: position,
    period: period(startMs, startMs + MINUTE_MS),
    uncachedPromptTokens: 1,
  };
}

function chargeRow(position: number): Charge {
  return {
    sourceId: 'import',
    key: `c/${position}`,
    resourceId: 'r',
    category: 'compute',
    pricingClass: 'on-demand',
    billed: nanoUsd(BigInt(position)),
    basis: 'billed',
    period: period(START + position, START + position + 1),
  };
}

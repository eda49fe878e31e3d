/**
 * Options of a planned deployment for tests: one A100 at $1.50, 10M tokens a day, any part
 * replaced.
 */

import { decimal, ONE, ZERO } from '../../src/domain/exact.ts';
import type { PlannedGpu, PlannedRequest } from '../../src/economics/planned/request.ts';
import { price } from './stackFixture.ts';

export const A100 = {
  type: 'A100-80GB',
  count: 1,
  capacity: decimal('3000'),
  onDemand: { usdPerGpuHour: decimal('1.5'), from: 'list' },
  reserved: { usdPerGpuHour: ONE, from: 'list' },
  serverless: { usdPerSecond: decimal('0.0005'), from: 'list' },
} satisfies PlannedGpu;

/** A provider's dollars per million tokens: prompt, output, and optionally cached prompt. */
export function forecastPrice(input: string, output: string, cached?: string) {
  const asked = cached === undefined ? { input, output } : { input, output, cached };
  return price({ host: 'host', validFromMs: 0, ...asked });
}

export function forecastRequest(overrides: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    model: 'open/model',
    gpus: [A100],
    tokensPerDay: decimal('1e7'),
    burstiness: ONE,
    outputShare: decimal('0.2'),
    cachedShare: ZERO,
    headroom: decimal('0.8'),
    prices: [],
    hosted: {
      equivalents: [{ sourceId: 'market', model: 'open/model', tokenRatio: ONE }],
      policy: 'cheapest',
      fee: ZERO,
      allowFree: false,
    },
    cacheRealization: { low: ZERO, base: decimal('0.5'), high: ONE },
    ...overrides,
  };
}

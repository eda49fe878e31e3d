/** OpenRouter in good health, for the contract that every source keeps. */

import { openrouterKind } from '../../../src/sources/openrouter/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { healthyMarket, MODEL } from './market.ts';

export const openrouter: SourceSubject = {
  kind: openrouterKind,
  options: (origin, managementKey) => ({ managementKey, baseUrl: `${origin}/api/v1` }),
  request: { window: { startMs: 0, endMs: 1 }, usage: [], models: [MODEL] },
  healthy: healthyMarket,
  toldIn: { prices: 'priceSnapshots' },
};

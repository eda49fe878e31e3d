/** RunPod in good health, for the contract that every source keeps. */

import { runpodKind } from '../../../src/sources/runpod/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { account, JUNE } from './account.ts';

export const runpod: SourceSubject = {
  kind: runpodKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: JUNE, usage: [], models: [] },
  healthy: account(),
  toldIn: { charges: 'charges', inventory: 'resources', rates: 'rates' },
};

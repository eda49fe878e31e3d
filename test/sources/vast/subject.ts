/** Vast.ai's subject for the source contract. */

import { vastKind } from '../../../src/sources/vast/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { vastAccount, JUNE_1 } from './account.ts';

export const vast: SourceSubject = {
  kind: vastKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: JUNE_1, usage: [], models: [] },
  healthy: vastAccount(),
  toldIn: { charges: 'charges', inventory: 'resources', rates: 'rates' },
};

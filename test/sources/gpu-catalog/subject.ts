/** A healthy catalog, for the source contract. */

import { gpuCatalogKind } from '../../../src/sources/gpu-catalog/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { filesReply, skypilotCsv, VAST } from './emulator.ts';

export const gpuCatalog: SourceSubject = {
  kind: gpuCatalogKind,
  options: (origin) => ({ catalog: 'skypilot', providers: ['vast'], baseUrl: origin }),
  request: { window: { startMs: 0, endMs: 1 }, usage: [], models: [] },
  healthy: filesReply({ '/vast/vms.csv': skypilotCsv(VAST) }),
  toldIn: { rates: 'rates' },
  isPublic: true,
};

/** A healthy catalog, for the source contract. */

import { gpuCatalogKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { filesReply, RUNPOD, skypilotCsv, VAST } from './emulator.ts';
import { TABLE_CODEC } from '../../faults/codecs.ts';
import { type FaultWorld, NO_TARGETS, NO_TIMES, WORLD_WINDOW } from '../../faults/world.ts';
import { startServer } from '../../support/httpServer.ts';

export const gpuCatalog: SourceSubject = {
  kind: gpuCatalogKind,
  options: (origin) => ({ catalog: 'skypilot', providers: ['vast'], baseUrl: origin }),
  request: { window: { startMs: 0, endMs: 1 }, usage: [], models: [] },
  healthy: filesReply({ '/vast/vms.csv': skypilotCsv(VAST) }),
  toldIn: { rates: 'rates' },
  isPublic: true,
};

const NO_TOTAL =
  'a catalog has no count of its rows: a machine that is not listed is not offered, and the next ' +
  'pull shows it again';

export const gpuCatalogWorld: FaultWorld = {
  kind: 'gpu-catalog',
  async start() {
    const server = await startServer(filesReply({ '/runpod/vms.csv': skypilotCsv(RUNPOD) }));
    return { url: server.origin, requests: [], close: () => server.close() };
  },
  options: (baseUrl, timeoutSeconds) => ({
    catalog: 'skypilot',
    providers: ['runpod'],
    regions: ['US'],
    baseUrl,
    timeoutSeconds,
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    {
      name: 'the table of machines',
      path: /^\/runpod\/vms\.csv$/,
      codec: TABLE_CODEC,
      list: 'records',
      amount: 'records.*.Price',
      required: 'records.*.AcceleratorName',
      id: 'records.*.AcceleratorName',
      choice: { none: 'a new name of a GPU is one more, not a fault' },
      times: NO_TIMES,
      nextPage: { none: 'it comes in one response' },
      harmless: {
        'an id with right-to-left characters': 'a GPU is known by its letters and digits',
      },
      blind: {
        'half of the records': NO_TOTAL,
        'an id that is a number': 'a GPU that is not understood is named in a warning',
        'a missing field': 'a row without a GPU is a machine without a GPU',
        'a field with another name': 'a row without a GPU is a machine without a GPU',
        'null instead of a number': 'a machine without a price has no rate',
      },
    },
  ],
};

/** Portkey in the fault matrix. */

import { DAY_MS, HOUR_MS, period } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  NO_CHOICE,
  NO_TARGETS,
  WORLD_START_MS,
  startWorldEmulator,
  type FaultWorld,
} from '../../faults/world.ts';
import { KEY, portkeyDocument } from './emulator.ts';
import { MODEL } from './subject.ts';

const DAY_START_MS = Math.floor(WORLD_START_MS / DAY_MS) * DAY_MS;

const SERVED = [1, 2, 3].map((hour) => ({
  atMs: WORLD_START_MS + hour * HOUR_MS,
  model: MODEL,
  tokens: 1_000 * hour,
}));

export const portkeyWorld: FaultWorld = {
  kind: 'portkey',
  start: () => startWorldEmulator(portkeyDocument(SERVED)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${PORTKEY_API_KEY}', () => KEY),
  }),
  request: {
    ...NO_TARGETS,
    window: period(DAY_START_MS, DAY_START_MS + DAY_MS),
    usage: [{ deployment: 'chat', engine: 'gateway', match: { ai_org_model: MODEL } }],
  },
  pages: [
    {
      name: 'the graph of tokens',
      path: /^\/analytics\/graphs\/tokens\?/,
      list: 'data_points',
      amount: 'data_points.*.total',
      required: 'data_points.*.timestamp',
      id: { none: 'a graph has no names' },
      choice: NO_CHOICE,
      times: ['data_points.*.timestamp'],
      nextPage: { none: 'it comes in one response' },
      blind: {},
    },
  ],
};

/** Portkey's subject for the source contract. */

import { DAY_MS, HOUR_MS, period } from '../../../src/domain/period.ts';
import { portkeyKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, type PlantedCall, portkeyDocument } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { type FaultWorld, NO_CHOICE, NO_TARGETS, startWorldEmulator } from '../../faults/world.ts';

export const START_MS = Date.UTC(2026, 4, 12);
export const WINDOW = { startMs: START_MS, endMs: START_MS + DAY_MS };
export const MODEL = 'openai__llama-3.3-70b';

/** Three calls of ours, one of which failed, and one of another model. */
export const PLANTED: readonly PlantedCall[] = [
  { atMs: START_MS, model: MODEL, tokens: 1_100 },
  { atMs: START_MS + 9 * HOUR_MS, model: MODEL, tokens: 400 },
  { atMs: START_MS + 10 * HOUR_MS, model: MODEL, tokens: 0, failed: true },
  { atMs: START_MS + 11 * HOUR_MS, model: 'openai__gpt-5', tokens: 9_000 },
];

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    reply(response, { ...request, headers: { ...request.headers, 'x-portkey-api-key': KEY } });
  };
}

export const portkey: SourceSubject = {
  kind: portkeyKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: {
    window: WINDOW,
    usage: [{ deployment: 'chat', engine: 'gateway', match: { ai_org_model: MODEL } }],
    models: [],
  },
  healthy: open(emulateApi(portkeyDocument(PLANTED), 'calm')),
  toldIn: { usage: 'requestCounts' },
};

/** A day on which the graph of tokens has a point for each hour. */
const DAY_START_MS = Date.UTC(2026, 8, 10);

const SERVED = [1, 2, 3].map((hour) => ({
  atMs: DAY_START_MS + hour * HOUR_MS,
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
      harmless: { 'a clock that is an hour ahead': 'only the sum of its day is read' },
      blind: {},
    },
  ],
};

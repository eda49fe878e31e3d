/** Langfuse's subject for the source contract. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { langfuseKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { langfuseDocument, PAIR, type PlantedCall, PUBLIC_KEY, SECRET_KEY } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  type FaultWorld,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_START_MS,
  WORLD_WINDOW,
} from '../../faults/world.ts';

export const START_MS = Date.UTC(2026, 4, 12, 8);
export const WINDOW = { startMs: START_MS, endMs: START_MS + 6 * HOUR_MS };
export const MODEL = 'llama-3.3-70b';

const at = (hours: number) => START_MS + hours * HOUR_MS;

/** 1,500 tokens in at eight, 500 at ten, one failure; a span that repeats tokens; GPT beside it. */
export const PLANTED: readonly PlantedCall[] = [
  { atMs: at(0), model: MODEL, input: 1_000, output: 100 },
  { atMs: at(0.5), model: MODEL, input: 500, output: 50 },
  { atMs: at(0.5), model: MODEL, input: 500, output: 50, type: 'SPAN' },
  { atMs: at(0.6), model: MODEL, input: null, output: null, level: 'ERROR' },
  { atMs: at(2), model: MODEL, input: 500, output: 50, level: 'WARNING' },
  { atMs: at(3), model: 'gpt-5', input: 70, output: 7 },
];

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Basic ${PAIR}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = langfuseDocument(PLANTED);

export const langfuse: SourceSubject = {
  kind: langfuseKind,
  // Of five letters and a colon, so that the key is visible in the header as it is encoded.
  options: (origin, secretKey) => ({ publicKey: 'pk-lf', secretKey, baseUrl: origin }),
  request: {
    window: WINDOW,
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model: 'llama-*' } }],
    models: [],
  },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { usage: 'usage' },
};

const SERVED = [1, 2, 3, 4, 5].map((hour) => ({
  atMs: WORLD_START_MS + hour * HOUR_MS,
  model: MODEL,
  input: 1_000 * hour,
  output: 100,
}));

export const langfuseWorld: FaultWorld = {
  kind: 'langfuse',
  start: () => startWorldEmulator(langfuseDocument(SERVED)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    publicKey: PUBLIC_KEY,
    secretKey: createSecret('${LANGFUSE_SECRET_KEY}', () => SECRET_KEY),
  }),
  request: {
    ...NO_TARGETS,
    window: WORLD_WINDOW,
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model: 'llama-*' } }],
  },
  pages: [
    {
      name: 'the metrics of calls',
      path: /^\/api\/public\/v2\/metrics\?/,
      list: 'data',
      amount: 'data.*.sum_inputTokens',
      required: 'data.*.time_dimension',
      id: { none: 'a model that no deployment uses is reported as one that no deployment matches' },
      choice: NO_CHOICE,
      times: ['data.*.time_dimension'],
      nextPage: { none: 'it comes in one response' },
      blind: {
        'an empty list': 'a missing value is unknown, and lowers the coverage',
        'half of the records':
          'no response counts its rows; the engine’s own metrics, or a second meter, show it',
      },
    },
  ],
};

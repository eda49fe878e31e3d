/** Langfuse in the fault matrix. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  NO_CHOICE,
  NO_TARGETS,
  WORLD_START_MS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { langfuseDocument, PUBLIC_KEY, SECRET_KEY } from './emulator.ts';
import { MODEL } from './subject.ts';

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

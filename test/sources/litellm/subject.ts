/** LiteLLM's subject for the source contract. */

import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../src/domain/period.ts';
import { litellmKind } from '../../../src/sources/litellm/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, litellmDocument, type PlantedRequest } from './emulator.ts';

export const START_MS = Date.UTC(2026, 4, 12);
export const WINDOW = { startMs: START_MS, endMs: START_MS + DAY_MS };

const at = (hour: number, second = 0) => START_MS + hour * HOUR_MS + second * SECOND_MS;

export const OURS = {
  model: 'hosted_vllm/llama-3.3-70b',
  group: 'llama-70b',
  provider: 'hosted_vllm',
};
export const HOSTED = {
  model: 'together_ai/llama-3.3-70b',
  group: 'llama-70b-backup',
  provider: 'together_ai',
  apiBase: 'https://api.together.xyz/v1',
};

/** 1,000 and 2,000 prompt tokens of ours, one failure that Together answered, one day later. */
export const PLANTED: readonly PlantedRequest[] = [
  { ...OURS, atMs: at(10), prompt: 1_000, output: 100, session: 's1', team: 'search' },
  { ...OURS, atMs: at(10, 20), prompt: 2_000, output: 200, session: 's2' },
  { ...OURS, atMs: at(10, 400), prompt: 50, output: 0, failed: true, session: 's3' },
  { ...HOSTED, atMs: at(10, 402), prompt: 50, output: 5, session: 's3' },
  { ...OURS, atMs: at(11), prompt: 500, output: 50, session: 's4' },
  { ...OURS, atMs: at(24), prompt: 7, output: 7, session: 's5' },
];

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = litellmDocument(PLANTED);

export const litellm: SourceSubject = {
  kind: litellmKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: {
    window: WINDOW,
    usage: [{ deployment: 'chat', engine: 'vllm', match: { model: 'hosted_vllm/*' } }],
    models: [],
  },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { usage: 'usage' },
};

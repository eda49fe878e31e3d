/** LiteLLM's subject for the source contract. */

import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../src/domain/period.ts';
import { litellmKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, litellmDocument, type PlantedRequest } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  BY_DAY,
  type FaultWorld,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_START_MS,
  WORLD_WINDOW,
} from '../../faults/world.ts';

export const OURS = {
  model: 'hosted_vllm/llama-3.3-70b',
  group: 'llama-70b',
  provider: 'hosted_vllm',
};

/** Three requests, because a fault changes the one in the middle. */
const SERVED: readonly PlantedRequest[] = [1, 2, 3].map((hour) => ({
  ...OURS,
  atMs: WORLD_START_MS + hour * HOUR_MS,
  prompt: 1_000 * hour,
  output: 100,
}));

const UNCOUNTED = {
  'an empty list': 'a missing value is unknown, and lowers the coverage',
  'half of the records':
    'no response counts its requests; the engine’s own metrics, or a second meter, show it',
};

const usage = [{ deployment: 'chat', engine: 'vllm', match: { model: 'hosted_vllm/*' } }];

function world(detail: 'day' | 'request', page: FaultPage): FaultWorld {
  return {
    kind: 'litellm',
    start: () => startWorldEmulator(litellmDocument(SERVED)),
    options: (baseUrl, timeoutSeconds) => ({
      baseUrl,
      timeoutSeconds,
      detail,
      apiKey: createSecret('${LITELLM_API_KEY}', () => KEY),
    }),
    request: { ...NO_TARGETS, window: WORLD_WINDOW, usage },
    openMaps: /\.(?:models|model_groups|api_key_breakdown)$/,
    pages: [page],
  };
}

const OWN_SPEND = 'no hosted model is called here; secondOpinions.test.ts has some';
const UNASKED = 'nobody asks whose requests these are; attribution.test.ts does';
const ALL_WELL = 'no request fell back here; attribution.test.ts has some';

export const litellmWorld: FaultWorld = {
  mute: Object.fromEntries(
    [
      '',
      '.breakdown.models.hosted_vllm/llama-3.3-70b',
      '.breakdown.models.hosted_vllm/llama-3.3-70b.api_key_breakdown.88dc280',
      '.breakdown.model_groups.llama-70b',
      '.breakdown.model_groups.llama-70b.api_key_breakdown.88dc280',
    ].map((place) => [`.results.*${place}.metrics.spend`, OWN_SPEND]),
  ),
  ...world('day', {
    name: 'the daily activity',
    path: /^\/user\/daily\/activity\?/,
    list: 'results',
    amount: 'results.*.breakdown.models.*.metrics.prompt_tokens',
    required: 'results.*.date',
    id: { none: 'a model that no deployment uses is reported as one that no deployment matches' },
    choice: NO_CHOICE,
    times: ['results.*.date'],
    nextPage: { metadata: { has_more: true, page: 1, total_pages: 2 } },
    harmless: {
      ...BY_DAY,
      'records in another order':
        'one day is requested, which is one record; more days are split where pages do not end',
    },
    blind: UNCOUNTED,
  }),
};

export const litellmRequests: FaultWorld = {
  mute: {
    '.*.spend': OWN_SPEND,
    '.*.metadata.user_api_key_alias': UNASKED,
    '.*.metadata.user_api_key_team_alias': UNASKED,
    '.*.metadata.attempted_fallbacks': ALL_WELL,
    '.*.metadata.original_model_group': ALL_WELL,
    '.*.metadata.status': 'no request here failed; source.test.ts has ones that did',
    '.*.metadata.additional_usage_values.cache_read_input_tokens':
      'of vLLM nothing cached is known here; source.test.ts has other backends',
    '.*.metadata.usage_object.prompt_tokens_details.cached_tokens':
      'of vLLM nothing cached is known here; source.test.ts has other backends',
  },
  ...world('request', {
    name: 'the spend log',
    path: /^\/spend\/logs\?/,
    list: '',
    amount: '*.prompt_tokens',
    required: '*.startTime',
    id: { none: 'a model that no deployment uses is reported as one that no deployment matches' },
    choice: NO_CHOICE,
    times: ['*.startTime', '*.endTime'],
    nextPage: { none: 'it comes in one response' },
    blind: {
      ...UNCOUNTED,
      'a clock that is an hour ahead':
        'requests an hour late look like requests; the engine’s own metrics show it',
    },
  }),
};

export const START_MS = Date.UTC(2026, 4, 12);
export const WINDOW = { startMs: START_MS, endMs: START_MS + DAY_MS };

const at = (hour: number, second = 0) => START_MS + hour * HOUR_MS + second * SECOND_MS;

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

/** LiteLLM in the fault matrix. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  NO_CHOICE,
  NO_TARGETS,
  WORLD_START_MS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { KEY, litellmDocument, type PlantedRequest } from './emulator.ts';
import { OURS } from './subject.ts';

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

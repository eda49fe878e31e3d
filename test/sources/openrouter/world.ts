/** The spend of an OpenRouter account in the fault matrix. */

import { DAY_MS, dayStartMs } from '../../../src/domain/period.ts';
import { AUDITED_AT_MS } from '../../../src/demo/calendar.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { NO_CHOICE, NO_TARGETS, startWorldEmulator, type FaultWorld } from '../../faults/world.ts';
import { accountDocument, KEY } from './account.ts';

const TODAY = dayStartMs(AUDITED_AT_MS);
const WHOLE = { none: 'it comes in one response' };
const COUNTLESS =
  'the response has neither a count nor a total: a missing row looks like no usage, and a known ' +
  'row is not withdrawn without confirmation';
const BLIND = { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS };

const SPENDING = {
  nowMs: AUDITED_AT_MS,
  spend: [2, 3].map((daysAgo) => ({
    dayMs: TODAY - daysAgo * DAY_MS,
    model: 'meta-llama/llama-3.3-70b-instruct',
    provider: 'DeepInfra',
    endpoint: `endpoint-${daysAgo}`,
    microUsd: 1_250_000 + daysAgo,
    prompt: 4_000_000 + daysAgo,
    completion: 500_000,
    reasoning: 1_000,
    requests: 300,
  })),
};

export const openrouterSpend: FaultWorld = {
  kind: 'openrouter',
  start: () => startWorldEmulator(accountDocument(SPENDING)),
  options: (origin, timeoutSeconds) => ({
    baseUrl: `${origin}/api/v1`,
    timeoutSeconds,
    managementKey: createSecret('${OPENROUTER_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: { startMs: TODAY - 5 * DAY_MS, endMs: TODAY } },
  pages: [
    {
      name: 'the activity',
      path: /^\/api\/v1\/activity$/,
      list: 'data',
      amount: 'data.*.usage',
      required: 'data.*.completion_tokens',
      id: 'data.*.model',
      choice: NO_CHOICE,
      times: ['data.*.date'],
      nextPage: WHOLE,
      blind: BLIND,
    },
  ],
};

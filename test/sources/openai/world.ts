/** OpenAI in the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { NO_CHOICE, NO_TARGETS, startWorldEmulator, type FaultWorld } from '../../faults/world.ts';
import { KEY, openaiDocument, type PlantedOrganization } from './emulator.ts';

const DAY = Date.UTC(2026, 8, 1);
const DAYS = [0, 1, 2].map((days) => DAY + days * DAY_MS);
const COUNTLESS =
  'the response has neither a count nor a total: a missing day looks like one without usage, and ' +
  'a known day is not withdrawn without confirmation';

const SPENDING: PlantedOrganization = {
  costs: DAYS.map((dayMs, at) => ({
    dayMs,
    lineItem: 'gpt-5-mini, input',
    project: 'proj_a',
    usd: `${10 + at}.25`,
    quantity: 1_000 + at,
    unit: 'tokens',
  })),
  usage: DAYS.map((dayMs, at) => ({
    dayMs,
    product: 'completions',
    model: 'gpt-5-mini',
    input: 1_000_000 + at,
    cached: 400_000,
    output: 20_000,
    requests: 100,
  })),
};

const MORE = { has_more: true, next_page: 'abc' };

export const openaiWorld: FaultWorld = {
  kind: 'openai',
  start: () => startWorldEmulator(openaiDocument(SPENDING)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    adminKey: createSecret('${OPENAI_ADMIN_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: { startMs: DAY, endMs: DAY + 3 * DAY_MS } },
  pages: [
    {
      name: 'the costs',
      path: /^\/organization\/costs\?/,
      list: 'data',
      amount: 'data.*.results.0.amount.value',
      required: 'data.*.results.0.amount',
      id: 'data.*.results.0.line_item',
      choice: 'data.*.results.0.amount.currency',
      times: ['data.*.start_time', 'data.*.end_time'],
      nextPage: MORE,
      blind: { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS },
    },
    {
      name: 'the usage of completions',
      path: /^\/organization\/usage\/completions\?/,
      list: 'data',
      amount: 'data.*.results.0.input_tokens',
      required: 'data.*.results',
      id: 'data.*.results.0.model',
      choice: NO_CHOICE,
      times: ['data.*.start_time', 'data.*.end_time'],
      nextPage: MORE,
      blind: { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS },
    },
  ],
};

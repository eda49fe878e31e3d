/** OpenAI's subject for the source contract, and its world for the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { openaiKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, openaiDocument, type PlantedOrganization } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { type FaultWorld, NO_CHOICE, NO_TARGETS, startWorldEmulator } from '../../faults/world.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };
export const DAY = JUNE.startMs;

export const PLANTED: PlantedOrganization = {
  costs: [
    { dayMs: DAY, lineItem: 'gpt-5-mini-2025-08-07, input', usd: '12.50', project: 'proj_a' },
    {
      dayMs: DAY,
      lineItem: 'gpt-5-mini-2025-08-07, output',
      usd: '0.0000012345',
      project: 'proj_a',
    },
    { dayMs: DAY, lineItem: 'web search tool calls', usd: '1.5e-2' },
    { dayMs: DAY + DAY_MS, lineItem: 'gpt-5-mini-2025-08-07, input', usd: '3', project: 'proj_b' },
  ],
  usage: [
    {
      dayMs: DAY,
      product: 'completions',
      model: 'gpt-5-mini-2025-08-07',
      input: 1_000_000,
      cached: 800_000,
      written: 50_000,
      output: 500_000,
      requests: 5_000,
    },
    {
      dayMs: DAY,
      product: 'completions',
      model: 'gpt-5-mini-2025-08-07',
      input: 20_000,
      output: 1_000,
      requests: 7,
      batch: true,
    },
    {
      dayMs: DAY + DAY_MS,
      product: 'embeddings',
      model: 'text-embedding-3-small',
      input: 9_000,
      requests: 3,
    },
  ],
};

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = openaiDocument(PLANTED);

export const openai: SourceSubject = {
  kind: openaiKind,
  options: (origin, adminKey) => ({ adminKey, baseUrl: origin }),
  request: { window: JUNE, usage: [], models: [] },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { charges: 'charges' },
};

const WORLD_DAY = Date.UTC(2026, 8, 1);
const DAYS = [0, 1, 2].map((days) => WORLD_DAY + days * DAY_MS);
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
  request: { ...NO_TARGETS, window: { startMs: WORLD_DAY, endMs: WORLD_DAY + 3 * DAY_MS } },
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

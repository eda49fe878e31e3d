/** Anthropic's subject for the source contract, and its world for the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { anthropicKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { anthropicDocument, KEY, type PlantedOrganization } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { type FaultWorld, NO_CHOICE, NO_TARGETS, startWorldEmulator } from '../../faults/world.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };
export const DAY = JUNE.startMs;
export const MODEL = 'claude-sonnet-4-20250514';

export const PLANTED: PlantedOrganization = {
  costs: [
    {
      dayMs: DAY,
      cents: '123.45',
      model: MODEL,
      tokenType: 'uncached_input_tokens',
      description: 'Claude Sonnet 4 Usage - Input Tokens',
      workspace: 'wrkspc_1',
    },
    {
      dayMs: DAY,
      cents: '0.000001',
      model: MODEL,
      tokenType: 'output_tokens',
      description: 'Claude Sonnet 4 Usage - Output Tokens',
    },
    { dayMs: DAY + DAY_MS, cents: '50', description: 'Web Search Usage', costType: 'web_search' },
  ],
  usage: [
    {
      dayMs: DAY,
      model: MODEL,
      uncached: 1_500,
      read: 200,
      written5m: 500,
      written1h: 1_000,
      output: 500,
    },
    {
      dayMs: DAY,
      model: MODEL,
      uncached: 10,
      read: 0,
      written5m: 0,
      written1h: 0,
      output: 5,
      tier: 'priority',
    },
  ],
};

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    reply(response, { ...request, headers: { ...request.headers, 'x-api-key': KEY } });
  };
}

const { busy: _busy, ...calm } = anthropicDocument(PLANTED);

export const anthropic: SourceSubject = {
  kind: anthropicKind,
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
    cents: `${1_000 + at}.5`,
    model: 'claude-sonnet-4-20250514',
    tokenType: 'output_tokens',
    description: 'Claude Sonnet 4 Usage - Output Tokens',
  })),
  usage: DAYS.map((dayMs, at) => ({
    dayMs,
    model: 'claude-sonnet-4-20250514',
    uncached: 1_000 + at,
    read: 500,
    written5m: 20,
    written1h: 30,
    output: 400,
  })),
};

const MORE = { has_more: true, next_page: 'abc' };
const BLIND = { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS };

export const anthropicWorld: FaultWorld = {
  kind: 'anthropic',
  start: () => startWorldEmulator(anthropicDocument(SPENDING)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    adminKey: createSecret('${ANTHROPIC_ADMIN_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: { startMs: WORLD_DAY, endMs: WORLD_DAY + 3 * DAY_MS } },
  pages: [
    {
      name: 'the cost report',
      path: /^\/v1\/organizations\/cost_report\?/,
      list: 'data',
      amount: 'data.*.results.0.amount',
      required: 'data.*.results',
      id: 'data.*.results.0.model',
      choice: 'data.*.results.0.currency',
      times: ['data.*.starting_at', 'data.*.ending_at'],
      nextPage: MORE,
      blind: {
        ...BLIND,
        'a negative amount': 'a line may be a credit, and no field of it says so',
      },
    },
    {
      name: 'the usage report',
      path: /^\/v1\/organizations\/usage_report\/messages\?/,
      list: 'data',
      amount: 'data.*.results.0.output_tokens',
      required: 'data.*.results',
      id: 'data.*.results.0.model',
      choice: NO_CHOICE,
      times: ['data.*.starting_at', 'data.*.ending_at'],
      nextPage: MORE,
      blind: BLIND,
    },
  ],
};

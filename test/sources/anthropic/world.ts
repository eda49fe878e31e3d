/** Anthropic in the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { NO_CHOICE, NO_TARGETS, startWorldEmulator, type FaultWorld } from '../../faults/world.ts';
import { anthropicDocument, KEY, type PlantedOrganization } from './emulator.ts';

const DAY = Date.UTC(2026, 8, 1);
const DAYS = [0, 1, 2].map((days) => DAY + days * DAY_MS);
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
  request: { ...NO_TARGETS, window: { startMs: DAY, endMs: DAY + 3 * DAY_MS } },
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

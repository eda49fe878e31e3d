/** Fireworks's subject for the source contract, and its world for the fault matrix. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { fireworksKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { ACCOUNT, fireworksDocument, KEY, type PlantedAccounts } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  BY_DAY,
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  NO_TIMES,
  startWorldEmulator,
} from '../../faults/world.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };
export const DAY = JUNE.startMs;
export const LLAMA = 'accounts/fireworks/models/llama-v3p3-70b-instruct';

export const PLANTED: PlantedAccounts = {
  accounts: [ACCOUNT],
  spend: [
    {
      dayMs: DAY,
      series: 'SERVERLESS',
      nanoUsd: 1_033_292_280,
      model: LLAMA,
      prompt: 1_000_000,
      completion: 148_000,
    },
    { dayMs: DAY, series: 'SERVERLESS', nanoUsd: 7_707_720 },
    { dayMs: DAY, series: 'DEDICATED_DEPLOYMENT', nanoUsd: 24_000_000_000 },
    {
      dayMs: DAY + DAY_MS,
      series: 'SERVERLESS',
      nanoUsd: 500_000_000,
      model: LLAMA,
      prompt: 500_000,
      completion: 55_000,
    },
    { dayMs: DAY + DAY_MS, series: 'TRAINING', nanoUsd: 2_000_000_000 },
  ],
};

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = fireworksDocument(PLANTED);

export const fireworks: SourceSubject = {
  kind: fireworksKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: { startMs: DAY, endMs: DAY + 2 * DAY_MS }, usage: [], models: [] },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { charges: 'charges' },
};

const WORLD_DAY = Date.UTC(2026, 8, 1);
const WHOLE = { none: 'it comes in one response' };
const COUNTLESS =
  'the response has neither a count nor a total: a missing day or line looks like one without ' +
  'usage, and a known one is not withdrawn without confirmation';
const REST =
  'the part of the day that no model explains stays in the sum of the day: the total ' +
  'is the same';
const SUM = 'a key without access to models gets the sum of the day: the total is the same';

const BLIND = {
  'an empty list': COUNTLESS,
  'half of the records': COUNTLESS,
  'every record twice': 'lines and rows have no IDs: two identical ones may be two charges',
};

const SPENDING = {
  accounts: [ACCOUNT],
  spend: [0, 1].flatMap((days) => [
    {
      dayMs: WORLD_DAY + days * DAY_MS,
      series: 'SERVERLESS' as const,
      nanoUsd: 1_033_292_280 + days,
      model: LLAMA,
      prompt: 1_000_000 + days,
      completion: 148_000,
    },
    { dayMs: WORLD_DAY + days * DAY_MS, series: 'TRAINING' as const, nanoUsd: 2_000_000_000 },
  ]),
};

export const fireworksWorld: FaultWorld = {
  kind: 'fireworks',
  start: () => startWorldEmulator(fireworksDocument(SPENDING)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${FIREWORKS_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: { startMs: WORLD_DAY, endMs: WORLD_DAY + 2 * DAY_MS } },
  pages: [
    {
      ...inventoryPage(
        { name: 'the accounts', path: '/v1/accounts', list: 'accounts' },
        {
          nextPageToken: 'abc',
        },
      ),
      required: 'accounts.*.name',
      id: 'accounts.*.name',
      harmless: {
        'records in another order': 'a key of several accounts needs one in its options',
      },
      blind: {},
    },
    {
      name: 'the costs by model',
      path: /usageCosts:query/,
      list: 'rows',
      amount: 'rows.*.subtotal.units',
      required: 'rows.*.subtotal',
      id: 'rows.*.dimensions.model',
      choice: 'rows.*.subtotal.currencyCode',
      times: ['rows.*.dimensions.startTime'],
      nextPage: { nextPageToken: 'abc' },
      harmless: BY_DAY,
      blind: {
        'an empty list': REST,
        'half of the records': REST,
        'status 403 with HTML': SUM,
        'status 404 with HTML': SUM,
      },
    },
    {
      name: 'the bill of a day',
      path: /\/billing\/summary\?/,
      list: 'lineItems',
      amount: 'lineItems.*.totalCost.units',
      required: 'lineItems.*.totalCost',
      id: 'lineItems.*.series',
      choice: 'lineItems.*.totalCost.currencyCode',
      times: NO_TIMES,
      nextPage: WHOLE,
      blind: BLIND,
    },
    {
      name: 'the usage',
      path: /\/billingUsage\?/,
      list: 'serverlessCosts',
      amount: 'serverlessCosts.*.promptTokens',
      required: 'serverlessCosts.*.completionTokens',
      id: 'serverlessCosts.*.modelName',
      choice: NO_CHOICE,
      times: ['serverlessCosts.*.startTime', 'serverlessCosts.*.endTime'],
      nextPage: WHOLE,
      blind: BLIND,
    },
  ],
};

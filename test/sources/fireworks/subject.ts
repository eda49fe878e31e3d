/** Fireworks's subject for the source contract. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { fireworksKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { ACCOUNT, fireworksDocument, KEY, type PlantedAccounts } from './emulator.ts';

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

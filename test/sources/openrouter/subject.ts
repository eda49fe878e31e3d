/** OpenRouter's subject for the source contract. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { openrouterKind } from '../../../src/sources/openrouter/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { accountDocument, KEY } from './account.ts';
import { healthyMarket, MODEL } from './market.ts';

const YESTERDAY = Math.floor(NOW_MS / DAY_MS) * DAY_MS - DAY_MS;

const { busy: _busy, ...calm } = accountDocument({
  nowMs: NOW_MS,
  spend: [
    {
      dayMs: YESTERDAY,
      model: MODEL,
      provider: 'DeepInfra',
      endpoint: 'endpoint-1',
      microUsd: 1_250_000,
      prompt: 4_000_000,
      completion: 500_000,
      requests: 300,
    },
  ],
});

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const account = open(emulateApi(calm, 'calm'));

export const openrouter: SourceSubject = {
  kind: openrouterKind,
  options: (origin, managementKey) => ({ managementKey, baseUrl: `${origin}/api/v1` }),
  request: {
    window: { startMs: YESTERDAY, endMs: YESTERDAY + DAY_MS },
    usage: [],
    models: [MODEL],
  },
  healthy(response, request) {
    const isSpent = /\/(?:activity|analytics)/.test(request.path);
    (isSpent ? account : healthyMarket)(response, request);
  },
  toldIn: { prices: 'priceSnapshots', charges: 'charges' },
};

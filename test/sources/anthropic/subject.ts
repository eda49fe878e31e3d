/** Anthropic's subject for the source contract. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { anthropicKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { anthropicDocument, KEY, type PlantedOrganization } from './emulator.ts';

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

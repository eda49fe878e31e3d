/** OpenAI's subject for the source contract. */

import { DAY_MS } from '../../../src/domain/period.ts';
import { openaiKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { KEY, openaiDocument, type PlantedOrganization } from './emulator.ts';

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

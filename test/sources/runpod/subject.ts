/** RunPod's subject for the source contract. */

import { runpodKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { json } from '../../support/httpServer.ts';
import { runpodAccount, JUNE } from './account.ts';

const BEFORE = new TextEncoder().encode('{"jobs":{"completed":4,"failed":1}}');

export const runpod: SourceSubject = {
  kind: runpodKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin, healthUrl: origin }),
  request: {
    window: JUNE,
    usage: [{ deployment: 'bursty', engine: 'gateway', match: { endpoint: 'e1' } }],
    models: [],
    answers: [{ url: 'https://h.example/v2/e1/health', atMs: JUNE.startMs, body: BEFORE }],
  },
  healthy: (response, request) => {
    if (request.path !== '/v2/e1/health') runpodAccount()(response, request);
    else json({ jobs: { completed: 9, failed: 1 }, workers: {} })(response, request);
  },
  toldIn: {
    charges: 'charges',
    inventory: 'resources',
    usage: 'requestCounts',
    rates: 'rates',
  },
};

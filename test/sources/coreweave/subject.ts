/** CoreWeave's subject for the source contract. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { coreweaveKind } from '../../../src/sources/coreweave/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { coreweaveDocument, KEY } from './emulator.ts';
import { organizationOf, RATES } from './organization.ts';

/** Before the clock of the contract's client. */
const JUNE_MS = Date.UTC(2026, 5, 1);
const HOURS = 4;

function planted() {
  const { usage, clusters } = organizationOf(HOURS);
  const [first] = usage;
  const shiftMs = JUNE_MS - (first?.startMs ?? 0);
  return { clusters, usage: usage.map((one) => ({ ...one, startMs: one.startMs + shiftMs })) };
}

/** The contract brings its own key. */
const healthy: Reply = (response, request) => {
  const { busy: _busy, ...document } = coreweaveDocument(planted());
  const authorization = request.headers.authorization === undefined ? undefined : `Bearer ${KEY}`;
  const headers = { ...request.headers, authorization };
  emulateApi(document, 'calm')(response, { ...request, headers });
};

export const coreweave: SourceSubject = {
  kind: coreweaveKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin, rates: RATES }),
  request: {
    window: { startMs: JUNE_MS, endMs: JUNE_MS + HOURS * HOUR_MS },
    usage: [],
    models: [],
  },
  healthy,
  toldIn: { charges: 'charges', inventory: 'resources' },
};

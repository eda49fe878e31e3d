/** Lambda Cloud's subject for the source contract. */

import { lambdaKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { ACCOUNT, KEY, lambdaDocument, SEPTEMBER_2_MS } from './emulator.ts';

const NOON_MS = SEPTEMBER_2_MS + 12 * 3_600_000;

/** The contract brings its own key. */
const healthy: Reply = (response, request) => {
  const { busy: _busy, ...document } = lambdaDocument(ACCOUNT, () => NOON_MS);
  const authorization = request.headers.authorization === undefined ? undefined : `Bearer ${KEY}`;
  emulateApi(document, 'calm')(response, {
    ...request,
    headers: { ...request.headers, authorization },
  });
};

export const lambda: SourceSubject = {
  kind: lambdaKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: {
    window: { startMs: SEPTEMBER_2_MS, endMs: NOON_MS },
    usage: [],
    models: [],
  },
  healthy,
  // Charges are rebuilt from what is seen.
  toldIn: { charges: 'resources', inventory: 'resources', rates: 'rates' },
};

/** CoreWeave's subject for the source contract. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import { coreweaveKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { coreweaveDocument, KEY, organizationOf, RATES } from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
} from '../../faults/world.ts';

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

const VIEW: Omit<FaultPage, 'name' | 'path' | 'choice' | 'blind'> = {
  list: 'data',
  amount: 'data.*.PricingQuantity',
  required: 'data.*.PricingUnit',
  id: 'data.*.SkuId',
  times: ['data.*.ChargePeriodStart', 'data.*.ChargePeriodEnd'],
  nextPage: { next_page_token: 'abc' },
};

export const coreweaveWorld: FaultWorld = {
  kind: 'coreweave',
  start: () => startWorldEmulator(coreweaveDocument(organizationOf(6))),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    rates: RATES,
    apiKey: createSecret('${COREWEAVE_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    inventoryPage(
      { name: 'the list of clusters', path: '/v1beta1/cks/clusters', list: 'items' },
      { none: 'it comes in one response' },
    ),
    {
      ...VIEW,
      name: 'the usage by capacity plan',
      path: /group_by=capacity_plan/,
      choice: { none: 'a new plan is one more, with the rate of its SKU' },
      blind: {
        'half of the records':
          'one of two plans in an hour may be missing, and its share is wrong until the next ' +
          'pull; that hour is rejected, with both amounts',
      },
    },
    {
      ...VIEW,
      name: 'the usage by location',
      path: /group_by=location/,
      choice: NO_CHOICE,
      blind: {},
    },
  ],
};

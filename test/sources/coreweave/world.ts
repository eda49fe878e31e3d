/** CoreWeave in the fault matrix. */

import { createSecret } from '../../../src/platform/secret.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { coreweaveDocument, KEY } from './emulator.ts';
import { organizationOf, RATES } from './organization.ts';

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

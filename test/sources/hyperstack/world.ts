/** Hyperstack in the fault matrix. */

import { createSecret } from '../../../src/platform/secret.ts';
import {
  inventoryPage,
  NO_CHOICE,
  NO_TIMES,
  NO_TARGETS,
  startWorldEmulator,
  UNLISTED,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import { hyperstackDocument, KEY, type PlantedOrganization } from './emulator.ts';
import { CHAT, PLANTED } from './subject.ts';

const OVER = [{ ...CHAT, fromMs: 0, toMs: 3_600_000 }];

/** Three of each, because a fault changes the one in the middle; AI Studio is no longer used. */
const ORGANIZED: PlantedOrganization = {
  ...PLANTED,
  // Without the list of VMs the class of a spot VM is assumed.
  vms: PLANTED.vms.map((vm) => JSON.parse(JSON.stringify(vm).replace('-spot', '')) as object),
  things: {
    ...PLANTED.things,
    volume: [1, 2, 3].map((number) => ({ ...CHAT, number, name: `volume ${number}` })),
    serverless_inference: OVER,
    fine_tuning: OVER,
    model_evaluation: OVER,
    data_synthesis: OVER,
  },
};

const INSIDE = { none: 'the next page is named in the object that has the list' };

function history(name: string, key: string, path: string): FaultPage {
  const list = `${key}.billing_history`;
  return {
    name,
    path: new RegExp(`^/billing/billing/history/${path}\\?`),
    list,
    amount: `${list}.*.metrics.incurred_bill`,
    required: `${list}.*.metrics.incurred_bill`,
    id: `${list}.*.attributes.resource_name`,
    choice: NO_CHOICE,
    times: { none: 'its amounts are for the requested period, and it has no times' },
    nextPage: INSIDE,
  };
}

const list = (name: string, path: string, field: string): FaultPage => ({
  ...inventoryPage({ name, path: `/core/${path}`, list: field }, { count: 1000 }),
  blind: {},
});

export const hyperstackWorld: FaultWorld = {
  kind: 'hyperstack',
  start: () => startWorldEmulator(hyperstackDocument(ORGANIZED)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${HYPERSTACK_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    {
      ...inventoryPage({ name: 'the GPUs of flavors', path: '/core/flavors', list: 'data' }, {}),
      required: { none: 'a flavor without a GPU is ignored' },
      id: 'data.*.gpu',
      times: NO_TIMES,
      nextPage: { none: 'it comes in one response' },
      blind: UNLISTED,
    },
    list('the list of VMs', 'virtual-machines', 'instances'),
    list('the list of volumes', 'volumes', 'volumes'),
    history('the bill of VMs', 'billing_history_vm', 'virtual-machine'),
    history('the bill of volumes', 'billing_history_volume', 'volume'),
    {
      ...history('the total of the day', 'billing_history', ''),
      path: /^\/billing\/billing\/history\?/,
      id: { none: 'none of its fields becomes an ID' },
      nextPage: { none: 'it comes in one response' },
    },
  ],
};

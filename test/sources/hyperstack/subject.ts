/** Hyperstack's subject for the source contract. */

import { hyperstackKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import {
  hyperstackDocument,
  KEY,
  type PlantedOrganization,
  type PlantedThing,
} from './emulator.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  NO_TIMES,
  startWorldEmulator,
  UNLISTED,
  WORLD_WINDOW,
} from '../../faults/world.ts';
import type { FaultPage } from '../../faults/faultList.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 3) };

const ALL = { fromMs: Date.UTC(2026, 4, 1), toMs: Date.UTC(2027, 0, 1) };

/** Eight H100 at $2.60 each, of which a discount leaves $2.00. */
export const CHAT: PlantedThing = {
  ...ALL,
  number: 8429,
  name: 'chat',
  microPerHour: 16_000_000,
  listMicroPerHour: 20_800_000,
};

const GPU = 'H100-80G-PCIe-NVLink';
const FLAVOR = { id: 4, name: `n3-${GPU}x8`, gpu: GPU, gpu_count: 8, cpu: 252, ram: 1440 };

const vm = (id: number, name: string, flavor: object) => ({
  id,
  name,
  status: 'ACTIVE',
  flavor,
  floating_ip: '203.0.113.7',
  callback_url: 'https://hooks.example.com/planted-callback-secret',
  keypair: { name: 'k', public_key: 'ssh-ed25519 AAAA' },
});

export const PLANTED: PlantedOrganization = {
  things: {
    vm: [
      CHAT,
      { ...ALL, number: 8430, name: 'node-0', microPerHour: 4_000_000 },
      { ...ALL, number: 8431, name: 'node-1', microPerHour: 4_000_000 },
    ],
    volume: [{ ...ALL, number: 8429, name: 'weights', microPerHour: 70_000 }],
    snapshot: [{ ...ALL, number: 7, name: 'before', microPerHour: 10_000 }],
    cluster: [{ ...ALL, number: 31, name: 'kube', microPerHour: 0, nodes: [8430, 8431] }],
    serverless_inference: [
      { ...ALL, number: 5, name: 'api', model: 'llama-3.3-70b', microPerHour: 500_000 },
    ],
  },
  areNodesListed: true,
  vms: [
    vm(8429, 'chat', FLAVOR),
    vm(8430, 'node-0', { ...FLAVOR, name: 'n3-RTX-A6000x8-spot', gpu: 'RTX-A6000' }),
    vm(8431, 'node-1', { name: 'n1-cpu-small', gpu: '', gpu_count: 0 }),
  ],
  volumes: [{ id: 8429, name: 'weights', status: 'in-use', size: 1000, volume_type: 'Cloud-SSD' }],
  clusters: [
    {
      id: 31,
      name: 'kube',
      status: 'ACTIVE',
      kube_config: 'planted-kube-config-secret',
      api_address: 'https://203.0.113.9:6443',
      nodes: [
        { id: 1, instance: { id: 8430 } },
        { id: 2, instance: { id: 8431 } },
      ],
      node_groups: [{ name: 'default', count: 2, flavor: { ...FLAVOR, gpu: 'RTX-A6000' } }],
    },
  ],
  flavors: [
    { gpu: '', region_name: 'NORWAY-1', flavors: [] },
    { gpu: GPU, region_name: 'CANADA-1', flavors: [FLAVOR] },
    { gpu: 'RTX-A6000', region_name: 'NORWAY-1', flavors: [] },
  ],
  prices: [
    { id: 1, name: GPU, value: '2.0', original_value: '2.6', discount_applied: true },
    { id: 2, name: 'RTX-A6000', value: 0.5, start_time: null, end_time: null },
    { id: 3, name: 'RTX-A6000-spot', value: 0.4, original_value: 0.4, discount_applied: false },
    { id: 4, name: 'Cloud-SSD', value: 0.000096774, original_value: 0.000096774 },
  ],
};

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    reply(response, { ...request, headers: { ...request.headers, api_key: KEY } });
  };
}

const { busy: _busy, ...calm } = hyperstackDocument(PLANTED);

export const hyperstack: SourceSubject = {
  kind: hyperstackKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: JUNE, usage: [], models: [] },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { charges: 'charges', inventory: 'resources', rates: 'rates' },
};

const OVER = [{ ...CHAT, fromMs: 0, toMs: 3_600_000 }];

/** Three of each, because a fault changes the one in the middle; AI Studio is no longer used. */
const ORGANIZED: PlantedOrganization = {
  ...PLANTED,
  // Without the list of VMs the class of a spot VM is assumed.
  vms: PLANTED.vms.map((vm) => JSON.parse(JSON.stringify(vm).replace('-spot', '')) as object),
  volumes: [1, 2, 3].flatMap((id) => PLANTED.volumes.map((one) => ({ ...one, id }))),
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
      harmless: { 'records in another order': 'its only record is the whole organization' },
    },
  ],
};

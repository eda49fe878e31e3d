/** Vast.ai's subject for the source contract. */

import { vastKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { JUNE_1, vastAccount } from './account.ts';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  type FaultWorld,
  inventoryPage,
  NO_TARGETS,
  startWorldEmulator,
  UNLISTED,
} from '../../faults/world.ts';
import { type BilledDay, KEY, vastDocument } from './emulator.ts';

export const vast: SourceSubject = {
  kind: vastKind,
  options: (origin, apiKey) => ({ apiKey, baseUrl: origin }),
  request: { window: JUNE_1, usage: [], models: [] },
  healthy: vastAccount(),
  toldIn: { charges: 'charges', inventory: 'resources', rates: 'rates' },
};

const DAY = Date.UTC(2026, 8, 1);
const PAGED = { next_token: 'abc' };

const UNOFFERED = {
  'an empty list': 'an empty list means that no machine is available; another day shows the rate',
  'half of the records':
    'an offer that is not listed looks like a rented machine; another day shows it',
};

const days: readonly BilledDay[] = [
  {
    source: 'instance-11',
    dayMs: DAY,
    microUsd: { gpu: 57_600_000, disk: 144_400, bwd: 4_200 },
    gpuWords: '24.000 hours at $2.400/hour',
    metadata: { label: 'chat-a', template_id: 7 },
  },
  { source: 'instance-12', dayMs: DAY, microUsd: { gpu: 9_336_000 }, metadata: {} },
  {
    source: 'instance-13',
    dayMs: DAY,
    microUsd: { gpu: 8_000_000, disk: 20_000 },
    metadata: { endpoint_id: 5, workergroup_id: 6 },
  },
  { source: 'volume-14', dayMs: DAY, microUsd: { disk: 250_000 }, metadata: { label: 'weights' } },
];

/** The fields of an instance that hold secrets, as the documents name them. */
const PRIVATE = {
  jupyter_token: 'j',
  extra_env: [['TOKEN', 't']],
  onstart: 'export A=b',
  image_args: ['-c', 'x'],
  ssh_host: 'ssh1.vast.ai',
  public_ipaddr: '203.0.113.9',
};

const instance = (id: number, more: object) => ({
  id,
  gpu_name: 'A100 SXM4',
  gpu_ram: 81_920,
  num_gpus: 2,
  dph_total: 2.4021,
  is_bid: false,
  actual_status: 'running',
  cur_state: 'running',
  ...PRIVATE,
  ...more,
});

const offer = (machine_id: number, num_gpus: number, dph_total: number) => ({
  machine_id,
  gpu_name: 'A100 SXM4',
  gpu_ram: 81_920,
  num_gpus,
  dph_total,
  rentable: true,
  verification: 'verified',
  public_ipaddr: '203.0.113.9',
});

/** Each GPU has one offer, so that an unreadable one leaves no rate. */
const OTHER_GPUS = [
  { ...offer(2, 4, 8), gpu_name: 'H100 SXM' },
  { ...offer(3, 1, 0.4), gpu_name: 'RTX 4090', gpu_ram: 24_576 },
];

const planted = {
  days,
  instances: [
    instance(11, { label: 'chat-a', actual_status: null }),
    instance(12, { is_bid: true, dph_total: 0.389, num_gpus: 1 }),
    instance(13, { label: null }),
  ],
  endpoints: [
    { id: 5, endpoint_name: 'bursty', endpoint_state: 'active', api_key: 'k' },
    { id: 6, endpoint_name: 'quiet', endpoint_state: 'stopped', api_key: 'k' },
  ],
  offers: {
    ondemand: [offer(1, 8, 9.6), ...OTHER_GPUS],
    bid: [offer(1, 8, 4.8), ...OTHER_GPUS],
  },
};

export const vastWorld: FaultWorld = {
  kind: 'vast',
  start: () => startWorldEmulator(vastDocument(planted)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${VAST_API_KEY}', () => KEY),
  }),
  request: { ...NO_TARGETS, window: { startMs: DAY + HOUR_MS, endMs: DAY + 7 * HOUR_MS } },
  pages: [
    {
      name: 'the charges of a day',
      path: /^\/api\/v0\/charges\/\?/,
      list: 'results',
      amount: 'results.*.amount',
      required: 'results.*.source',
      id: 'results.*.source',
      choice: { none: 'a new type of item is kept under its name, with a warning' },
      times: { none: 'the cost of a contract is for the requested day' },
      nextPage: PAGED,
    },
    {
      ...inventoryPage(
        { name: 'the list of instances', path: '/api/v1/instances/', list: 'instances' },
        PAGED,
      ),
      amount: 'instances.*.dph_total',
      blind: {
        'null instead of a number': 'a rate of null is a missing rate; the charges show it',
      },
    },
    {
      ...inventoryPage(
        {
          name: 'the list of serverless endpoints',
          path: '/api/v0/endptjobs/',
          list: 'results',
        },
        { none: 'it is not split into pages' },
      ),
      blind: {
        ...UNLISTED,
        'status 404 with HTML': 'an account without endpoints may return this; its charges show it',
      },
    },
    {
      name: 'the offers of the market',
      path: /^\/api\/v0\/bundles\/#/,
      list: 'offers',
      amount: 'offers.*.dph_total',
      required: { none: 'an entry without a price or a GPU is not a rate' },
      id: { none: 'an offer is counted, but not stored' },
      choice: { none: 'a machine that is not called verified is left out' },
      times: { none: 'it lists the current offers, without times' },
      nextPage: { none: 'it is not split into pages' },
      blind: {
        ...UNOFFERED,
        'null instead of a number':
          'an offer without a price is none; another offer shows the rate',
      },
    },
  ],
};

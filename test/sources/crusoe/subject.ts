/** Crusoe's subject for the source contract, and its world for the fault matrix. */

import { createSecret } from '../../../src/platform/secret.ts';
import { crusoeKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import {
  crusoeDocument,
  KEY_ID,
  ORGANIZATION,
  type PlantedOrganization,
  SECRET_KEY,
  signedOnly,
} from './emulator.ts';
import { emulateApi } from '../../support/emulator.ts';
import {
  BY_DAY,
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
} from '../../faults/world.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 5, 3) };
export const DAY = JUNE.startMs;

export const LINE = {
  dayMs: DAY,
  project: 'p-serve',
  region: 'us-east1-a',
  type: 'h100-80gb-sxm-ib.8x',
  metric: 'gpu-hours',
  quantity: 192,
  microUsd: 480_000_000,
};

export const PLANTED: PlantedOrganization = {
  projects: [
    { id: 'p-serve', name: 'serving' },
    { id: 'p-train', name: 'training' },
  ],
  types: [
    { product_name: LINE.type, gpu_type: 'H100 80GB SXM', num_gpu: 8, cpu_cores: 176 },
    { product_name: 'c1a.8x', gpu_type: '', num_gpu: 0, cpu_cores: 8 },
  ],
  vms: ['vm1', 'vm2', 'vm3'].map((id) => ({
    id,
    name: `chat-${id}`,
    project_id: 'p-serve',
    type: LINE.type,
    state: 'STATE_RUNNING',
    created_at: '2026-05-01T00:00:00Z',
    disks: [],
    network_interfaces: [{ ips: [{ public_ipv4: { address: '203.0.113.7' } }] }],
  })),
  lines: [
    LINE,
    { ...LINE, type: 'persistent-ssd', metric: 'gib-hours', quantity: 24_000, microUsd: 2_640_000 },
    { ...LINE, project: 'p-train', metric: 'gpu-hours', quantity: 96, reservation: 'r-1' },
  ].map(({ reservation, microUsd, ...line }: typeof LINE & { reservation?: string }) =>
    reservation === undefined ? { ...line, microUsd } : { ...line, reservation },
  ),
  lastUpdated: '2026-06-04T09:00:00Z',
};

const { busy: _busy, ...calm } = crusoeDocument(PLANTED);

export const crusoe: SourceSubject = {
  kind: crusoeKind,
  options: (origin, accessKeyId) => ({
    accessKeyId,
    secretKey: createSecret('${CRUSOE_SECRET_KEY}', () => SECRET_KEY),
    organization: ORGANIZATION,
    baseUrl: origin,
  }),
  request: { window: JUNE, usage: [], models: [] },
  healthy: signedOnly(emulateApi(calm, 'calm')),
  toldIn: { charges: 'charges', inventory: 'resources' },
};

const WORLD_DAY = Date.UTC(2026, 8, 1);
const typeOf = (gpus: number) => `h100-80gb-sxm-ib.${gpus}x`;
const WORLD_LINE = {
  dayMs: WORLD_DAY,
  region: 'us-east1-a',
  type: typeOf(8),
  metric: 'gpu-hours',
};

const ORGANIZED: PlantedOrganization = {
  projects: ['p1', 'p2', 'p3'].map((id) => ({ id, name: `project ${id}` })),
  types: [1, 8, 4].map((gpus) => ({
    product_name: typeOf(gpus),
    gpu_type: 'H100 80GB SXM',
    num_gpu: gpus,
  })),
  vms: ['vm1', 'vm2', 'vm3', 'vm4', 'vm5'].map((id, at) => ({
    id,
    name: `chat ${id}`,
    project_id: 'p2',
    type: typeOf([8, 1, 4][at % 3] ?? 8),
    state: 'STATE_RUNNING',
    ssh_public_key: 'ssh-ed25519 AAAA',
  })),
  lines: [
    { ...WORLD_LINE, project: 'p1', quantity: 192, microUsd: 480_000_000 },
    { ...WORLD_LINE, project: 'p2', quantity: 384, microUsd: 960_000_000 },
    { ...WORLD_LINE, project: 'p3', quantity: 96, reservation: 'r1' },
  ],
  lastUpdated: '2026-09-03T00:00:00Z',
};

const WHOLE = { none: 'it comes in one response' };

const NO_TOTAL =
  'the costs have neither a count nor a total: a warning names usage without a cost, and known ' +
  'charges are not withdrawn';

export const crusoeWorld: FaultWorld = {
  kind: 'crusoe',
  start: () => startWorldEmulator(crusoeDocument(ORGANIZED), signedOnly),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    accessKeyId: createSecret('${CRUSOE_ACCESS_KEY_ID}', () => KEY_ID),
    secretKey: createSecret('${CRUSOE_SECRET_KEY}', () => SECRET_KEY),
    organization: ORGANIZATION,
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    inventoryPage(
      { name: 'the list of projects', path: '/organizations/projects', list: 'items' },
      WHOLE,
    ),
    {
      ...inventoryPage(
        { name: 'the types of VMs', path: '/projects/p./compute/vms/types', list: 'items' },
        WHOLE,
      ),
      amount: 'items.*.num_gpu',
      required: 'items.*.product_name',
      id: 'items.*.product_name',
      blind: {},
    },
    inventoryPage(
      { name: 'the list of VMs', path: '/projects/p2/compute/vms/instances', list: 'items' },
      { next_page_token: 'abc' },
    ),
    {
      name: 'the costs',
      path: /billing\/costs$/,
      list: 'data',
      amount: 'data.*.cost',
      required: 'data.*.quantity',
      id: 'data.*.project_id',
      choice: NO_CHOICE,
      times: ['data.*.date'],
      nextPage: WHOLE,
      harmless: BY_DAY,
      blind: {
        'an empty list': NO_TOTAL,
        'half of the records': NO_TOTAL,
        'a year other than requested':
          'all days come in one response, and other days are left to their own pull; a warning ' +
          'names usage without a cost',
      },
    },
    {
      name: 'the usage',
      path: /usage\?/,
      list: 'items',
      amount: 'items.*.quantity',
      required: 'items.*.quantity',
      id: 'items.*.project_id',
      choice: NO_CHOICE,
      times: ['items.*.date'],
      nextPage: WHOLE,
      harmless: {
        ...BY_DAY,
        'a negative amount': 'usage only explains missing costs, and here none is missing',
      },
    },
  ],
};

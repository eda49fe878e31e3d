/** Crusoe's subject for the source contract. */

import { createSecret } from '../../../src/platform/secret.ts';
import { crusoeKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import {
  crusoeDocument,
  ORGANIZATION,
  type PlantedOrganization,
  SECRET_KEY,
  signedOnly,
} from './emulator.ts';
import { emulateApi } from '../../support/emulator.ts';

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

/** DigitalOcean's subject for the source contract. */

import { digitaloceanKind } from '../../../src/sources/digitalocean/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import {
  digitaloceanDocument,
  KEY,
  type PlantedInvoice,
  type PlantedTeam,
  TEAM,
} from './emulator.ts';

export const JUNE = { startMs: Date.UTC(2026, 5, 1), endMs: Date.UTC(2026, 6, 1) };

const GPUS = { count: 8, model: 'nvidia_h100', vram: { amount: 640, unit: 'gib' } };
const SLUG = 'gpu-h100x8-640gb';

export const ITEM = {
  product: 'GPU Droplets',
  resource_id: '448543583',
  description: `chat-1 (${SLUG})`,
  amount: '11223.36',
  duration: '720',
  duration_unit: 'Hours',
  start_time: '2026-06-01T00:00:00Z',
  end_time: '2026-07-01T00:00:00Z',
  project_name: 'serving',
};

const VOLUME = {
  ...ITEM,
  product: 'Volumes Block Storage',
  resource_id: '',
  description: 'weights',
  amount: '10.00',
};

export const INVOICE: PlantedInvoice = {
  uuid: '22737513-0ea7-4206-8ceb-98a575af7681',
  id: '123456789',
  month: '2026-06',
  issued: '2026-07-01T08:44:38Z',
  items: [ITEM, VOLUME],
  summary: {
    invoice_id: '123456789',
    amount: '12200.36',
    user_email: 'planted@example.com',
    product_charges: { name: 'Product usage charges', amount: '11233.36' },
    overages: { name: 'Overages', amount: '0.00' },
    taxes: { name: 'Taxes', amount: '1067.00' },
    credits_and_adjustments: { name: 'Credits', amount: '-100.00' },
  },
};

export const ESTIMATE = {
  usage_team_urn: `do:team:${TEAM}`,
  start_date: '2026-06-01',
  total_amount: '374.11',
  region: 'tor1',
  sku: '1-DO-DROP-0109',
  description: `chat-1 (${SLUG})`,
  group_description: '',
};

export const PLANTED: PlantedTeam = {
  estimates: [ESTIMATE, { ...ESTIMATE, start_date: '2026-06-02' }],
  invoices: [INVOICE],
  droplets: [
    {
      id: 448543583,
      name: 'chat-1',
      status: 'active',
      size_slug: SLUG,
      size: { slug: SLUG, price_hourly: 23.92, gpu_info: GPUS },
      gpu_info: GPUS,
      networks: { v4: [{ ip_address: '192.241.165.154' }] },
    },
  ],
  sizes: [
    { slug: 's-1vcpu-1gb', price_hourly: 0.00743999984115362, available: true },
    { slug: SLUG, price_hourly: 23.92, available: true, gpu_info: GPUS },
    {
      slug: 'gpu-h100x1-80gb',
      price_hourly: 3.39,
      available: true,
      gpu_info: { ...GPUS, count: 1 },
    },
  ],
};

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const { busy: _busy, ...calm } = digitaloceanDocument(PLANTED);

export const digitalocean: SourceSubject = {
  kind: digitaloceanKind,
  options: (origin, apiKey) => ({ apiKey, team: TEAM, baseUrl: origin }),
  request: { window: JUNE, usage: [], models: [] },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { charges: 'charges', inventory: 'resources', rates: 'rates' },
};

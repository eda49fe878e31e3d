/** DigitalOcean's subject for the source contract. */

import { digitaloceanKind } from '../../../src/sources/registry.ts';
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
import { period } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  type FaultWorld,
  inventoryPage,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
} from '../../faults/world.ts';

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

const SEPTEMBER = { start_time: '2026-09-01T00:00:00Z', end_time: '2026-10-01T00:00:00Z' };
const NEXT = { links: { pages: { next: 'https://h/v2/x?page=2&per_page=200' } } };

/** September and the months before have their invoices, October is estimated. */
const OCTOBER: PlantedTeam = {
  ...PLANTED,
  droplets: [448_543_583, 448_543_584, 448_543_585].flatMap((id) =>
    PLANTED.droplets.map((one) => ({ ...one, id, name: `chat ${id}` })),
  ),
  invoices: [
    { ...INVOICE, uuid: 'august', id: '2', month: '2026-08', issued: '2026-09-01T08:44:38Z' },
    {
      ...INVOICE,
      month: '2026-09',
      issued: '2026-10-01T08:44:38Z',
      items: INVOICE.items.map((one) => ({ ...one, ...SEPTEMBER })),
    },
    { ...INVOICE, uuid: 'july', id: '1', month: '2026-07', issued: '2026-08-01T08:44:38Z' },
  ],
  estimates: ['2026-10-01', '2026-10-02', '2026-10-03'].map((start_date) => ({
    ...ESTIMATE,
    start_date,
  })),
};

const list = (name: string, path: string, field: string) => ({
  ...inventoryPage({ name, path: `/v2/${path}`, list: field }, NEXT),
  blind: {},
});

const MY = 'customers/my';

export const digitaloceanWorld: FaultWorld = {
  kind: 'digitalocean',
  start: () => startWorldEmulator(digitaloceanDocument(OCTOBER)),
  options: (baseUrl, timeoutSeconds) => ({
    baseUrl,
    timeoutSeconds,
    apiKey: createSecret('${DIGITALOCEAN_TOKEN}', () => KEY),
    team: TEAM,
  }),
  request: { ...NO_TARGETS, window: WORLD_WINDOW },
  pages: [
    list('the list of Droplets', 'droplets', 'droplets'),
    {
      ...list('the list of invoices', `${MY}/invoices`, 'invoices'),
      required: 'invoices.*.invoice_period',
      id: 'invoices.*.invoice_uuid',
    },
    {
      ...list('the items of an invoice', `${MY}/invoices/${INVOICE.uuid}`, 'invoice_items'),
      amount: 'invoice_items.*.amount',
      required: 'invoice_items.*.product',
      id: 'invoice_items.*.product',
      times: ['invoice_items.*.start_time', 'invoice_items.*.end_time'],
      blind: {
        'a negative amount':
          'an item may be a credit; the difference to the amount is kept as "unexplained"',
      },
    },
  ],
};

const HOUR = period(Date.UTC(2026, 9, 2, 8), Date.UTC(2026, 9, 2, 9));

export const digitaloceanEstimated: FaultWorld = {
  ...digitaloceanWorld,
  request: { ...NO_TARGETS, window: HOUR },
  pages: [
    {
      ...list('the estimates of a month', 'billing/.*', 'data_points'),
      amount: 'data_points.*.total_amount',
      required: 'data_points.*.description',
      id: 'data_points.*.description',
      times: ['data_points.*.start_date'],
      nextPage: { total_pages: 2, current_page: 1 },
      blind: {
        'a negative amount': 'each is the change since the day before; the invoice shows the sum',
      },
    },
  ],
};

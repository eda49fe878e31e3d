/** DigitalOcean in the fault matrix. */

import { period } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  inventoryPage,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { digitaloceanDocument, KEY, type PlantedTeam, TEAM } from './emulator.ts';
import { ESTIMATE, INVOICE, PLANTED } from './subject.ts';

const SEPTEMBER = { start_time: '2026-09-01T00:00:00Z', end_time: '2026-10-01T00:00:00Z' };
const NEXT = { links: { pages: { next: 'https://h/v2/x?page=2&per_page=200' } } };

/** September has its invoice, October is estimated. */
const OCTOBER: PlantedTeam = {
  ...PLANTED,
  invoices: [
    {
      ...INVOICE,
      month: '2026-09',
      issued: '2026-10-01T08:44:38Z',
      items: INVOICE.items.map((one) => ({ ...one, ...SEPTEMBER })),
    },
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

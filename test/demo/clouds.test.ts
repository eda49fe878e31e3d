/** Tests the emulated clouds of the demo: authentication, paging and billing periods. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_WINDOW } from '../../src/demo/calendar.ts';
import { COREWEAVE_KEY, DIGITALOCEAN_KEY, VAST_KEY } from '../../src/demo/keys.ts';
import { computeRentedDays } from '../../src/demo/rentals.ts';
import { type DemoEmulators, startDemoEmulators } from '../../src/demo/sources.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { temporaryFolder } from '../support/cli.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

const folder = temporaryFolder();
let world: DemoEmulators;
beforeAll(async () => {
  world = await startDemoEmulators(FLEET, demoClock(), folder.path);
});
afterAll(() => world.close());

function emulatorOf(id: string) {
  const emulator = world.emulators[id];
  if (emulator === undefined) throw new Error(`no emulator of ${id}`);
  return emulator;
}

const LISTS = [
  ['vast', '/api/v1/instances/', 404],
  ['lambda', '/api/v1/instances', 401],
  ['crusoe', '/organizations/projects', 401],
  ['coreweave', '/v1beta1/cks/clusters', 401],
  ['together', '/endpoints', 401],
  ['digitalocean', '/v2/droplets', 401],
  ['hyperstack', '/core/virtual-machines', 401],
] as const;

describe('a cloud of the demo', () => {
  it.each(LISTS)('%s refuses %s with a wrong key', async (id, path, status) => {
    const { status: result, text } = await requestEmulator(emulatorOf(id), path, { key: 'not-it' });
    expect(result).toBe(status);
    for (const { name } of FLEET.pods) expect(text).not.toContain(name);
  });

  it('vast requires both ends of the date range', async () => {
    const query = { select_filters: '{"day":{"gte":1783036800}}' };
    const answer = await requestEmulator(emulatorOf('vast'), '/api/v0/charges/', {
      key: VAST_KEY,
      query,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Must provide both 'day' gte and lte");
  });

  it('coreweave returns the same quantities by location and by plan, page by page', async () => {
    const hours = { start_time: '2026-07-01T00:00:00Z', end_time: '2026-07-02T00:00:00Z' };
    const total = async (groupBy: string) => {
      let [sum, pages, token] = [0, 0, ''];
      do {
        const query = { ...hours, group_by: groupBy, page_size: '10', page_token: token };
        const { json } = await requestEmulator(emulatorOf('coreweave'), '/v1/billing/focus', {
          key: COREWEAVE_KEY,
          query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')),
        });
        const page = json as unknown as Page;
        sum += page.data.reduce((all, row) => all + Number(row.PricingQuantity), 0);
        [pages, token] = [pages + 1, page.next_page_token];
      } while (token !== '');
      return { sum, pages };
    };
    // Two GPUs for 24 hours, in rows of an hour.
    expect(await total('location')).toEqual({ sum: 48, pages: 3 });
    expect(await total('capacity_plan')).toEqual({ sum: 48, pages: 3 });
  });

  it('digitalocean invoices a finished month, and estimates its days until then', async () => {
    const path = '/v2/customers/my/invoices';
    const { json } = await requestEmulator(emulatorOf('digitalocean'), path, {
      key: DIGITALOCEAN_KEY,
    });
    const { invoices } = json as unknown as { invoices: { invoice_period: string }[] };
    const months = invoices.map(({ invoice_period: month }) => month);
    expect(months).toEqual(['2026-06', '2026-07', '2026-08', '2026-09']);
  });
});

interface Page {
  readonly data: readonly { readonly PricingQuantity: string }[];
  readonly next_page_token: string;
}

describe('the days of a rental', () => {
  it('are cut at its own start and end and at those of the span', () => {
    const fromMs = DEMO_WINDOW.startMs + 20 * HOUR_MS;
    const rent = { fromMs, toMs: fromMs + 30 * HOUR_MS };
    const days = computeRentedDays(rent, DEMO_WINDOW);
    expect(days.map(({ hours }) => hours)).toEqual([4, 24, 2]);
    expect(days[1]?.startMs).toBe(DEMO_WINDOW.startMs + DAY_MS);
    const span = { startMs: fromMs + 2 * HOUR_MS, endMs: fromMs + 5 * HOUR_MS };
    expect(computeRentedDays(rent, span).map(({ hours }) => hours)).toEqual([2, 1]);
    expect(computeRentedDays(rent, { startMs: 0, endMs: fromMs })).toEqual([]);
  });
});

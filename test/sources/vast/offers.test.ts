/** Tests Vast.ai's offers as market rates of one GPU. */

import { expect, test } from 'vitest';
import { json, type Reply } from '../../support/httpServer.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { vastAccount, pullVast } from './account.ts';

const H100 = { gpu_name: 'H100 SXM', gpu_ram: 81_559, verification: 'verified', rentable: true };

/** One offer of a machine. */
const offer = (machine_id: number, num_gpus: number, dph_total: number | null) => ({
  ...H100,
  machine_id,
  num_gpus,
  dph_total,
  public_ipaddr: '203.0.113.42',
});

/** Answers on demand with one list and for bids with the other. */
function market(onDemand: unknown, bid: unknown = []): Reply {
  return vastAccount({
    '/api/v0/bundles/': (response, request) => {
      const { type } = JSON.parse(request.body) as { type?: string };
      json({ offers: type === 'bid' ? bid : onDemand })(response, request);
    },
  });
}

async function ratesOf(onDemand: unknown, bid?: unknown) {
  const { all, requests } = await pullVast(market(onDemand, bid), { facts: ['rates'] });
  const rates = all.flatMap(({ rates: some = [] }) => some.map(({ fact }) => fact));
  const rejects = all.flatMap(({ rejects: some = [] }) => some.map(({ reason }) => reason));
  return { all, requests, rejects, rates };
}

const short = ({ rates }: Awaited<ReturnType<typeof ratesOf>>) =>
  rates.map(({ gpuType, pricingClass, usdPerGpuHour }) => [gpuType, pricingClass, usdPerGpuHour]);

test('verified machines are requested, on demand and for bids separately', async () => {
  const { requests, rates } = await ratesOf([offer(1, 8, 17.6)], [offer(1, 8, 8.8)]);
  const wanted = { verified: { eq: true }, rentable: { eq: true }, limit: 10_000 };
  expect(requests.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
    ['POST', '/api/v0/bundles/', wanted],
    ['POST', '/api/v0/bundles/', { type: 'bid', ...wanted }],
  ]);
  const about = { sourceId: 'main', provider: 'vast', gpuType: 'H100 SXM', validFromMs: NOW_MS };
  expect(rates).toEqual([
    // 17.6 for eight are 2.2 for one.
    { ...about, pricingClass: 'on-demand', usdPerGpuHour: 2_200_000_000n },
    { ...about, pricingClass: 'spot', usdPerGpuHour: 1_100_000_000n },
  ]);
});

test('a rate is the median over machines, of the two middle ones the cheaper', async () => {
  const four = [offer(1, 1, 4), offer(2, 2, 2.4), offer(3, 4, 4.4), offer(4, 1, 1.3)];
  // For one GPU: 4, 1.2, 1.1 and 1.3.
  expect(short(await ratesOf(four))).toEqual([['H100 SXM', 'on-demand', 1_200_000_000n]]);
  expect(short(await ratesOf(four.slice(0, 3)))).toEqual([
    ['H100 SXM', 'on-demand', 1_200_000_000n],
  ]);
});

test('a machine that is offered whole and in parts counts once, as a whole', async () => {
  const parts = Array.from({ length: 7 }, () => offer(1, 1, 9));
  const all = [...parts, offer(1, 8, 16), offer(1, 8, 24), offer(2, 1, 2.5), offer(3, 1, 3)];
  // 2, 2.5 and 3; by offers the median would be 9.
  expect(short(await ratesOf(all))).toEqual([['H100 SXM', 'on-demand', 2_500_000_000n]]);
});

test('each GPU has its rate, with the memory where that distinguishes them', async () => {
  const a100 = (machine: number, gpu_ram: number, usd: number) => ({
    ...offer(machine, 1, usd),
    gpu_name: 'A100 SXM4',
    gpu_ram,
  });
  const all = [a100(1, 40_960, 0.5), a100(2, 81_920, 0.9), offer(3, 1, 2)];
  expect(short(await ratesOf(all))).toEqual([
    ['A100 SXM4 40GB', 'on-demand', 500_000_000n],
    ['A100 SXM4 80GB', 'on-demand', 900_000_000n],
    ['H100 SXM', 'on-demand', 2_000_000_000n],
  ]);
});

test('an unverified, taken or unpriced machine is no rate, and never zero', async () => {
  const all = [
    { ...offer(1, 1, 0.1), verification: 'unverified' },
    { ...offer(2, 1, 0.2), rentable: false },
    offer(3, 1, null),
    offer(4, 1, 0),
    offer(5, 0, 3),
    { machine_id: 6, num_gpus: 1, dph_total: 1 },
  ];
  const { rates, rejects } = await ratesOf(all);
  expect([rates, rejects]).toEqual([[], []]);
});

test('an offer in place of the documented list is read too', async () => {
  expect(short(await ratesOf(offer(1, 4, 8)))).toEqual([['H100 SXM', 'on-demand', 2_000_000_000n]]);
});

test('an offer that cannot be read affects no other', async () => {
  const { rates, rejects } = await ratesOf([offer(1, 1, -3), offer(2, 1, 2)]);
  expect(rates).toHaveLength(1);
  expect(rejects).toEqual([
    'record 0: dph_total: expected a rate from 0 to a million dollars per hour',
  ]);
});

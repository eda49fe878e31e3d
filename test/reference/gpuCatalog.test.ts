/** Converts real rows of SkyPilot's catalogs into the price of one GPU. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gpuCatalogKind } from '../../src/sources/registry.ts';
import { filesReply, type Machine, skypilotCsv } from '../sources/gpu-catalog/emulator.ts';
import { pullFromReply } from '../support/pulledFrom.ts';

const SAMPLES = new URL(
  '../../../shared/reference/pricing/gpu_prices_samples.json',
  import.meta.url,
);

interface Sample {
  readonly src: string;
  readonly gpu: string;
  readonly count: number;
  readonly usd_per_instance_hour: number;
  readonly spot?: number;
}

/** The rows of one cloud, by the names of its machines. */
function machinesOf(cloud: string): Machine[] {
  const { rows } = JSON.parse(readFileSync(SAMPLES, 'utf8')) as { rows: Sample[] };
  return rows
    .filter(({ src }) => src === `skypilot v7 ${cloud}`)
    .map(({ gpu: result, count, usd_per_instance_hour: usd, spot }) => {
      const gpu = result.replace(/ ?\(40GB\)/, '').replace('_SECURE', '');
      const name =
        cloud === 'vast' ? `${count}x-${gpu}-32-65536` : `${count}x_${result.replaceAll(' ', '')}`;
      const more = spot === undefined ? {} : { spot: String(spot) };
      return { name, gpu, count, region: 'US', usd: String(usd), info: '', ...more };
    });
}

async function ratesOf(cloud: string): Promise<Record<string, number>> {
  const reply = filesReply({ [`/${cloud}/vms.csv`]: skypilotCsv(machinesOf(cloud)) });
  const options = { catalog: 'skypilot', providers: [cloud] };
  const request = { window: { startMs: 0, endMs: 1 }, usage: [], models: [] };
  const { all } = await pullFromReply(gpuCatalogKind, reply, { options, request });
  const rates = all.flatMap(({ rates: some = [] }) => some.map(({ fact }) => fact));
  return Object.fromEntries(
    rates.map(({ gpuType, pricingClass, usdPerGpuHour }) => [
      pricingClass === 'on-demand' ? gpuType : `${gpuType} ${pricingClass}`,
      Number(usdPerGpuHour) / 1e9,
    ]),
  );
}

test('of Vast.ai', async () => {
  expect(await ratesOf('vast')).toEqual({
    'A100 40 GB SXM': 1.2,
    'A40 48 GB': 0.4,
    'H100 80 GB SXM': 1.8,
    'H100 94 GB NVL': 2.265,
    'H200 141 GB': 2.47,
    'L40S 48 GB': 0.665,
    'RTX 3090 24 GB': 0.25,
    'RTX 4090 24 GB': 0.4,
    'RTX 5090 32 GB': 0.53,
    'RTX 6000 Ada 48 GB': 0.655,
  });
});

test('of RunPod and Lambda', async () => {
  expect(await ratesOf('runpod')).toEqual({
    'A100 80 GB': 1.64,
    'A100 80 GB spot': 1.19,
    'A100 80 GB SXM': 1.89,
  });
  expect(await ratesOf('lambda')).toEqual({
    'A100 40 GB': 1.29,
    'RTX A6000 48 GB': 0.8,
    'V100 16 GB': 0.55,
  });
});

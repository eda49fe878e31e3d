/** A small CoreWeave organization with known truth. */

import { HOUR_MS } from '../../../src/domain/period.ts';
import type { PlantedOrganization, PlantedUsage } from './emulator.ts';

export const START_MS = Date.UTC(2026, 8, 1, 8);
const TRAIN = { id: 'c-1', name: 'train' };
const SERVE = { id: 'c-2', name: 'serve' };
const GPU = { unit: 'Instance-Hour', product: 'GPU Compute', zone: 'US-EAST-04A' };

function hour(startMs: number): PlantedUsage[] {
  const h100 = { ...GPU, startMs, sku: 'gd-8xh100ib-i128' };
  return [
    { ...h100, cluster: TRAIN, plans: { Reserved: '12', 'On-Demand': '4' } },
    { ...h100, cluster: SERVE, plans: { Reserved: '4' } },
    { ...GPU, startMs, sku: 'gd-8xl40s-i128', cluster: SERVE, plans: { 'On-Demand': '1.5' } },
    {
      startMs,
      sku: 'dfs-standard',
      unit: 'GiB-Hour',
      product: 'Storage',
      zone: 'US-EAST-04A',
      plans: { 'On-Demand': '1024' },
    },
  ];
}

/** So many hours from eight o'clock on. */
export function organizationOf(hours: number): PlantedOrganization {
  const starts = Array.from({ length: hours }, (_, at) => START_MS + at * HOUR_MS);
  return { clusters: [TRAIN, SERVE], usage: starts.flatMap(hour) };
}

export const RATES = {
  'reserved/gd-8xh100ib-i128': 30,
  'dfs-*': '0.0001',
};

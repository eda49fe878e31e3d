/** The six billing endpoints of RunPod: their paths, their amounts, and the billed resources. */

import type { Fleet } from '../fleet.ts';
import type { MicroUsd } from '../rent.ts';

export type BilledAmounts = Readonly<Record<string, MicroUsd>>;

/** A billed resource: its ID, its dates, and the cost of an hour by part. */
export interface Billable {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs?: number;
  readonly perHour: BilledAmounts;
}

export interface BillingFamily {
  readonly path: string;
  /** Amount parts; `totalAmount` is their sum. */
  readonly parts: readonly string[];
  /** Field names of the ID and of the count of IDs; absent if there is one record per bucket. */
  readonly names?: { readonly id: string; readonly count: string };
  readonly billables: (fleet: Fleet) => readonly Billable[];
}

export const BILLING_FAMILIES: readonly BillingFamily[] = [
  {
    path: '/v2/billing',
    parts: [
      'podGpuAmount',
      'podCpuAmount',
      'podDiskAmount',
      'serverlessGpuAmount',
      'serverlessCpuAmount',
      'serverlessDiskAmount',
      'serverlessFeeAmount',
      'storageStandardAmount',
      'storageHighPerformanceAmount',
      'endpointAmount',
      'clusterGpuAmount',
      'clusterDiskAmount',
      'clusterNetworkingAmount',
    ],
    billables: (fleet) => [
      ...pods(fleet, { gpu: 'podGpuAmount', disk: 'podDiskAmount' }),
      ...volumes(fleet, 'storageStandardAmount'),
    ],
  },
  {
    path: '/v2/billing/pods',
    parts: ['gpuAmount', 'cpuAmount', 'diskAmount'],
    names: { id: 'podId', count: 'uniquePodCount' },
    billables: (fleet) => pods(fleet, { gpu: 'gpuAmount', disk: 'diskAmount' }),
  },
  {
    path: '/v2/billing/serverless',
    parts: ['gpuAmount', 'cpuAmount', 'diskAmount', 'feeAmount'],
    names: { id: 'serverlessId', count: 'uniqueServerlessCount' },
    billables: () => [],
  },
  { path: '/v2/billing/endpoints', parts: [], billables: () => [] },
  {
    path: '/v2/billing/network-volumes',
    parts: ['standardAmount', 'highPerformanceAmount'],
    names: { id: 'networkVolumeId', count: 'uniqueNetworkVolumeCount' },
    billables: (fleet) => volumes(fleet, 'standardAmount'),
  },
  {
    path: '/v2/billing/clusters',
    parts: ['gpuAmount', 'diskAmount', 'networkingAmount'],
    names: { id: 'clusterId', count: 'uniqueClusterCount' },
    billables: () => [],
  },
];

function pods(fleet: Fleet, parts: { readonly gpu: string; readonly disk: string }): Billable[] {
  return fleet.pods.map((pod) => ({
    ...pod,
    perHour: { [parts.gpu]: pod.gpuMicroUsdPerHour, [parts.disk]: pod.diskMicroUsdPerHour },
  }));
}

function volumes(fleet: Fleet, part: string): Billable[] {
  return fleet.volumes.map((volume) => ({
    ...volume,
    perHour: { [part]: volume.microUsdPerHour },
  }));
}

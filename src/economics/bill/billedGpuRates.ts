/** Computes the billed rate per GPU-hour of each of our GPU types. */

import type { Charge } from '../../domain/charge.ts';
import { add, divide, type Exact, exact, multiply, ZERO } from '../../domain/exact.ts';
import { type GpuKind, parseGpu, formatGpu } from '../../domain/gpu.ts';
import { usd } from '../../domain/money.ts';
import type { StackInput } from '../input.ts';
import { gpusPerReplica } from '../replicaGpus.ts';
import { combineInventories, createAttribution, resourceKey } from './attribution.ts';
import { statedTime } from './paidTime.ts';

export interface BilledGpuRate {
  readonly gpu: GpuKind;
  readonly gpuHours: Exact;
  readonly usdPerGpuHour: Exact;
}

type Terms = Pick<StackInput, 'resources'> & {
  readonly deployments: readonly Pick<StackInput['deployments'][number], 'gpu' | 'resources'>[];
};

const MS_IN_HOUR = 3_600_000n;

/**
 * Billed compute by GPU type: as stated by the charge, else by the inventory, else by the only
 * deployment on it. Credits and charges without time or GPU are left out. $36.00 for 24 hours of
 * one A100 and $12.00 for 6 of another are $1.60.
 */
export function createBilledGpuRates({ resources, deployments }: Terms) {
  const inventory = combineInventories(resources);
  const claims = createAttribution(deployments, inventory);
  const byGpu = new Map<string, { gpu: GpuKind; hours: Exact; usd: Exact }>();
  return {
    add(charge: Charge): void {
      if (charge.category !== 'compute' || charge.billed <= 0n) return;
      const known = inventory.get(resourceKey(charge.sourceId, charge.resourceId));
      const [first, ...others] = new Set(claims(charge).flatMap(({ sharers }) => sharers));
      const served = others.length > 0 ? undefined : deployments[first ?? -1]?.gpu;
      const gpu = parseGpu(charge.gpuType ?? known?.gpuType ?? served?.type ?? '');
      const time = statedTime({ period: charge.period, charges: [charge], known });
      if (gpu === undefined || time === undefined || time.ms.num === 0n) return;
      if (time.of === 'resource' && served === undefined) return;
      const gpus = time.of === 'gpu' || served === undefined ? exact(1n) : gpusPerReplica(served);
      const hours = multiply(divide(time.ms, exact(MS_IN_HOUR)), gpus);
      const name = formatGpu(gpu);
      const before = byGpu.get(name) ?? { gpu, hours: ZERO, usd: ZERO };
      byGpu.set(name, {
        gpu,
        hours: add(before.hours, hours),
        usd: add(before.usd, usd(charge.billed)),
      });
    },
    close(): BilledGpuRate[] {
      return [...byGpu.values()].map(({ gpu, hours, usd: paid }) => ({
        gpu,
        gpuHours: hours,
        usdPerGpuHour: divide(paid, hours),
      }));
    },
  };
}

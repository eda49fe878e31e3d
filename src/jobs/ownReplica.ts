/** Finds what the config states about a replica like the planned one. */

import type { Config } from '../config/config.ts';
import { isSameGpuName } from '../domain/gpu.ts';
import type { PlannedGpu, PlannedServerless } from '../economics/ahead/wish.ts';

/** A value is absent if no matching deployment states it. */
export interface ConfiguredReplica {
  readonly capacity: Pick<PlannedGpu, 'capacity' | 'capacityOf'>;
  readonly serverless?: PlannedServerless;
}

export interface PlannedReplica {
  readonly model: string;
  readonly type: string;
  readonly count: number;
}

/** Uses the first deployment with the same model, GPU type and GPU count. */
export function findMatchingReplica(
  config: Config | undefined,
  planned: PlannedReplica,
): ConfiguredReplica {
  const own = config?.deployments.find(
    ({ model, gpu }) =>
      model === planned.model &&
      gpu.count === planned.count &&
      gpu.share === undefined &&
      isSameGpuName(gpu.type, planned.type),
  );
  if (own === undefined) return { capacity: {} };
  const { id, capacity, serverless } = own;
  return {
    capacity: capacity === undefined ? {} : { capacity: capacity.tokensPerSecond, capacityOf: id },
    ...(serverless === undefined
      ? {}
      : { serverless: { usdPerSecond: serverless.usdPerSecond, from: `the config of ${id}` } }),
  };
}

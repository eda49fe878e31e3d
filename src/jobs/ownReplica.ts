/** What the config says about a replica like the planned one. */

import type { Config } from '../config/config.ts';
import { isSameGpuName } from '../domain/gpu.ts';
import type { AheadGpu, AheadServerless } from '../economics/ahead/wish.ts';

/** What no deployment like it states is absent. */
export interface OwnReplica {
  readonly capacity: Pick<AheadGpu, 'capacity' | 'capacityOf'>;
  readonly serverless?: AheadServerless;
}

export interface PlannedReplica {
  readonly model: string;
  readonly type: string;
  readonly count: number;
}

/** The first deployment of the same model on as many of the same GPU speaks for the replica. */
export function ownReplica(config: Config | undefined, planned: PlannedReplica): OwnReplica {
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

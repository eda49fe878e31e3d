/** A lease in Redis that one worker holds at a time. */

import type { Cluster, Redis } from 'ioredis';

/** The lease expires if its holder stops renewing it. */
export interface Lease {
  /**
   * Takes the lease if it is free and renews it if we hold it. It counts as free if Redis lost its
   * data. A holder that gets `taken` therefore knows that Redis lost it.
   */
  hold(): Promise<LeaseResult>;
  /** Releases the lease if we hold it. */
  release(): Promise<void>;
}

export type LeaseResult = 'taken' | 'kept' | 'foreign';

export interface LeaseOptions {
  readonly redis: Redis | Cluster;
  readonly key: string;
  /** Unique among the workers. */
  readonly holder: string;
  readonly forMs: number;
}

const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder == false or holder == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  if holder == false then return 'taken' end
  return 'kept'
end
return 'foreign'`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

export function createLease({ redis, key, holder, forMs }: LeaseOptions): Lease {
  return {
    hold: async () => (await redis.eval(HOLD, 1, key, holder, forMs)) as LeaseResult,
    release: async () => void (await redis.eval(RELEASE, 1, key, holder)),
  };
}

/** How one of several workers holds a lease for a while, and how the lease is lost or passed on. */

import type { Cluster, Redis } from 'ioredis';

/** A role that is one worker's until it lets go of it, or is not heard of for a while. */
export interface Lease {
  /**
   * Takes the role where it is free, keeps it where it is ours. A Redis that lost all it knew
   * counts as free: whoever hears `taken` while the role was its own has learned just that.
   */
  hold(): Promise<Held>;
  /** Lets go of it where it is ours. */
  release(): Promise<void>;
}

export type Held = 'taken' | 'kept' | 'foreign';

export interface LeaseWish {
  readonly redis: Redis | Cluster;
  readonly key: string;
  /** Who we are; nobody else may call itself so. */
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

export function leaseOf({ redis, key, holder, forMs }: LeaseWish): Lease {
  return {
    hold: async () => (await redis.eval(HOLD, 1, key, holder, forMs)) as Held,
    release: async () => void (await redis.eval(RELEASE, 1, key, holder)),
  };
}

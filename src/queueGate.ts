/** Opens the rate limiter that all workers of a queue share, with the limits of the config. */

import type { Config } from './config/config.ts';
import { type RedisRateLimiter, openRateLimiter } from './schedule/gate.ts';
import type { RedisLocation } from './schedule/redis.ts';

/** A limit that `http.hosts` does not set for a host is that of `http`. */
export function openConfiguredRateLimiter(
  { http }: Config,
  place: RedisLocation,
): RedisRateLimiter {
  const { anyHost, hosts } = http.limits;
  return openRateLimiter({ place, findLimit: (host) => ({ ...anyHost, ...hosts[host] }) });
}

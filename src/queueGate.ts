/** Opens the rate limiter that all workers of a queue share, with the limits of the config. */

import type { Config } from './config/config.ts';
import { type OpenGate, openGate } from './schedule/gate.ts';
import type { QueuePlace } from './schedule/redis.ts';

/** A limit that `http.hosts` does not set for a host is that of `http`. */
export function queueGate({ http }: Config, place: QueuePlace): OpenGate {
  const { anyHost, hosts } = http.limits;
  return openGate({ place, limitOf: (host) => ({ ...anyHost, ...hosts[host] }) });
}

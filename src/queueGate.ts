/** How the config's limits become the gate that all workers of a queue share. */

import type { Config } from './config/config.ts';
import { type OpenGate, openGate } from './schedule/gate.ts';
import type { QueuePlace } from './schedule/redis.ts';

/** What `http.hosts` leaves out of a host is as for any host. */
export function queueGate({ http }: Config, place: QueuePlace): OpenGate {
  const { anyHost, hosts } = http.limits;
  return openGate({ place, limitOf: (host) => ({ ...anyHost, ...hosts[host] }) });
}

/** A replica as a discovery method returns it. */

import type { SeriesLabels } from '../engines/samples.ts';

export interface FoundReplica {
  /** `10.0.0.1:8000`, or a whole URL. */
  readonly address: string;
  readonly labels?: SeriesLabels;
}

/** Joins an IP address and a port. An IPv6 address gets brackets. */
export function toHostAndPort(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

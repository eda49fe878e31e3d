/** A replica as a discovery method returns it. */

import type { Labels } from '../engines/samples.ts';

export interface Found {
  /** `10.0.0.1:8000`, or a whole URL. */
  readonly address: string;
  readonly labels?: Labels;
}

/** Joins an IP address and a port. An IPv6 address gets brackets. */
export function hostAndPort(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

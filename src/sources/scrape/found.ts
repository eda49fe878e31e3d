/** What a way of finding replicas tells of one. */

import type { Labels } from '../engines/samples.ts';

export interface Found {
  /** `10.0.0.1:8000`, or a whole address. */
  readonly address: string;
  readonly labels?: Labels;
}

/** An IPv6 address stands in brackets before a port. */
export function hostAndPort(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

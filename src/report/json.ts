/** Writes the report as JSON: the whole audit, indented. */

import type { Audit } from '../verdict/audit.ts';

/** `report.json`: schema `rentcheck/audit/1`, two spaces, a final line break. */
export function reportJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}

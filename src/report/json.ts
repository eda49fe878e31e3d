/**
 * Knows the report as data: the audit itself, indented, so that nothing printed elsewhere is
 * missing here.
 */

import type { Audit } from '../verdict/audit.ts';

/** `report.json`: schema `rentcheck/audit/1`, two spaces, a line break at the end. */
export function reportJson(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}

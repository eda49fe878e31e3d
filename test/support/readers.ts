/** Readers that tests render for. */

import { type AuditFindings, readFindings } from '../../src/report/findings.ts';
import { type Reader, toReader } from '../../src/report/locale.ts';
import type { AuditReading } from '../../src/report/sections/auditReading.ts';
import { readAudit } from '../../src/report/sections/completeAudit.ts';
import type { Audit } from '../../src/verdict/audit.ts';

export const LEADER: Reader = toReader('leader', undefined);

export function findingsForLeader(audit: Audit): AuditFindings {
  return readFindings(audit, LEADER);
}

export function readForLeader(audit: Audit): AuditReading {
  return readAudit(audit, LEADER);
}

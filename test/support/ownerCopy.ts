/** Reads the message to a deployment's owner. */

import { ownFindings } from '../../src/report/findings.ts';
import { type OwnerText, buildOwnerText } from '../../src/report/sections/owner.ts';
import type { ReportSection } from '../../src/report/sections/appendix.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { LEADER, readForLeader } from './readers.ts';

/** For the first deployment by default. */
export function ownerCopy(stored: Audit, id?: string): OwnerText {
  const audit = readForLeader(stored);
  const deployment = audit.deployments.find((each) => id === undefined || each.id === id);
  if (deployment === undefined) throw new Error(`no deployment ${String(id)}`);
  return buildOwnerText({ whole: audit, own: ownFindings(audit, deployment, LEADER) }, LEADER);
}

export function ownerSection(audit: Audit, title: string, id?: string): ReportSection | undefined {
  return ownerCopy(audit, id).sections.find((section) => section.title === title);
}

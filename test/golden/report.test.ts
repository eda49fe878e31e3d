/** Knows the approved wording of whole reports. */

import { describe, it } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { expectGolden } from '../support/golden.ts';
import { rendered } from '../support/rendered.ts';

const AUDITS: Readonly<Record<string, () => Audit>> = {
  mixed: mixedAudit,
  kept: keptAudit,
  unproven: unprovenAudit,
  hostile: hostileAudit,
};

describe('a report reads as it was approved', () => {
  it.each(Object.entries(AUDITS))('%s', async (name, audit) => {
    const report = await rendered({ audit: audit(), detail: aDetail(audit()) });
    expectGolden(`${name}.golden.subject.txt`, `${report.subject}\n`);
    expectGolden(`${name}.golden.txt`, report.text);
    expectGolden(`${name}.golden.html`, report.html);
  });
});

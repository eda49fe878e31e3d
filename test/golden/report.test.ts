/** Approved wording of reports that no demo has: without evidence, and with hostile names. */

import { describe, it } from 'vitest';
import type { ReportInput } from '../../src/report/input.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, unprovenAudit } from '../support/audits.ts';
import { expectGolden } from '../support/golden.ts';
import { renderCached } from '../support/renderedReport.ts';

const resultOf = (audit: ReportInput['audit']): ReportInput => ({ audit, detail: aDetail(audit) });

const REPORTS: Readonly<Record<string, () => ReportInput>> = {
  unproven: () => resultOf(unprovenAudit()),
  hostile: () => resultOf(hostileAudit()),
};

describe('a report matches the approved text', () => {
  it.each(Object.entries(REPORTS))('%s', async (name, input) => {
    const report = await renderCached(input());
    expectGolden(`${name}.golden.subject.txt`, `${report.subject}\n`);
    expectGolden(`${name}.golden.txt`, report.text);
    expectGolden(`${name}.golden.html`, report.html);
  });
});

/** A waiver has a price only if its deployment's GPU cost is known. */

import { expect, test } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import type { AuditDeployment } from '../../src/verdict/auditDeployment.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const WAIVER = {
  reason: 'latency',
  owner: 'product',
  worthUsdPerQuarter: '5000.000000',
  expires: '2026-12-31',
  expired: false,
};

function lineOf(parts: Partial<AuditDeployment>): string {
  const deployment = aDeployment({ verdict: 'keep (required)', waiver: WAIVER, ...parts });
  const { sections } = buildReportText(
    findingsForLeader(anAudit({ deployments: [deployment] })),
    LEADER,
  );
  return sections.find(({ title }) => title === 'Waivers to renew')?.lines.join(' ') ?? '';
}

test('staying has a price if the GPU cost is known', () => {
  expect(lineOf({})).toContain('Keeping costs $30,000 more than the best option, delete');
});

test.each([
  ['nothing was billed', { spendUsd: '0.000000', coverage: null }],
  ['no paid time was observed', { coverage: '0.000000' }],
])('if %s the cost of staying is unknown, not the saving on engineering time alone', (_, parts) => {
  expect(lineOf(parts)).toMatch(/Its cost is unknown, because its GPU spend is unknown\.$/);
  expect(lineOf(parts)).not.toContain('$30,000');
});

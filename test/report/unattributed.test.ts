import { expect, test } from 'vitest';
import { yamlFlow } from '../../src/domain/yamlFlow.ts';
import { unattributedLines } from '../../src/report/sections/appendix.ts';
import type { AuditUnattributed } from '../../src/verdict/audit.ts';
import { anAudit } from '../support/auditFixture.ts';
import { LEADER, readForLeader } from '../support/readers.ts';

const one = (resource: string, usd: string): AuditUnattributed => ({
  source: 'cloud',
  resource,
  name: resource === 'a' ? 'node a' : null,
  resources: 1,
  usd,
  match: yamlFlow({ source: 'cloud', match: { id: resource } }),
});

test('the most expensive unattributed resources are listed with what to paste', () => {
  const listed = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) => one(id, `${900 - at}.000000`));
  const others = { source: null, resource: null, name: null, match: null };
  const rest: AuditUnattributed = { ...others, resources: 7, usd: '1.000000' };
  const audit = anAudit({});
  const lines = unattributedLines(
    readForLeader({ ...audit, stack: { ...audit.stack, unattributed: [...listed, rest] } }),
    LEADER,
  );
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe(
    '$900 for node a (cloud). Add to the resources of its deployment: { source: "cloud", ' +
      'match: { id: "a" } }',
  );
  expect(lines[5]).toBe('And 8 more resources, in report.json.');
});

test('without unattributed spend there is nothing to list', () => {
  expect(unattributedLines(readForLeader(anAudit({})), LEADER)).toEqual([]);
});

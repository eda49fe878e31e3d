/** A report on a large fleet: hardly more words than for ten deployments, and no dollar is lost. */

import { describe, expect, it } from 'vitest';
import type { ReportMessage } from '../../src/domain/edition.ts';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditWaiver } from '../../src/verdict/auditDeployment.ts';
import { aDeployment, aDetail, anAudit } from '../support/auditFixture.ts';
import { messageTo, renderCached } from '../support/renderedReport.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const waiver: AuditWaiver = {
  reason: 'data residency',
  owner: 'legal',
  worthUsdPerQuarter: null,
  expires: '2027-03-31',
  expired: false,
};

/** Every deployment has one item of each kind: waived, warned of and missing. */
function waivedFleet(count: number): Audit {
  const deployments = Array.from({ length: count }, (_, at) =>
    aDeployment({
      id: `team-${String(at).padStart(3, '0')}-chat`,
      verdict: 'keep (required)',
      spend: 10_000 + at,
      savings: { delete: 1000 + at },
      waiver: { ...waiver, expired: true },
      warnings: [`capacity of number ${at} is a guess`],
    }),
  );
  return anAudit({
    deployments,
    stack: {
      verdict: 'keep',
      steps: [],
      missing: deployments.map(({ id }) => `usage of ${id}: pull it or import it`),
    },
  });
}

const shown = (audit: Audit, title: string) =>
  buildReportText(findingsForLeader(audit), LEADER).sections.find(
    (section) => section.title === title,
  )?.lines ?? [];

describe('a report on a fleet', () => {
  it('lists eight waivers, the most expensive first, and the total of the others', () => {
    const lines = shown(waivedFleet(50), 'Waivers to renew');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/^Waiver for team-049-chat: data residency .*Keeping costs \$1,049 /);
    // 42 left: 1000 + at for at = 0 … 41 is 42,000 + 861.
    expect(lines[8]).toBe(
      'And 42 more waivers, in deployments.csv. Keeping them costs $42,861 more than the best ' +
        'options.',
    );
  });

  it('says for how many of the omitted waivers the cost is unknown', () => {
    const { deployments, ...audit } = waivedFleet(12);
    const blind = deployments.map((each, at) =>
      at < 2 ? { ...each, spendUsd: '0.000000', coverage: '0.000000' } : each,
    );
    const lines = shown({ ...audit, deployments: blind }, 'Waivers to renew');
    // Numbers 4 to 11 are listed. Left are 2 and 3, and two with an unknown GPU cost.
    expect(lines[8]).toBe(
      'And 4 more waivers, in deployments.csv. Keeping them costs $2,005 more than the best ' +
        'options. For 2 of them the cost is unknown.',
    );
  });

  it('counts the verdicts that changed beyond the ten of the largest spend', () => {
    const audit = waivedFleet(50);
    const before = audit.deployments.map((each, at) => ({
      ...each,
      verdict: at < 30 ? ('keep' as const) : ('delete' as const),
    }));
    const old = aDeployment({ id: 'old-8b', verdict: 'delete', spend: 5 });
    const previous = { ...audit, quarter: '2026-Q2', deployments: [...before.slice(5), old] };
    const { sections } = buildReportText(findingsForLeader(audit), LEADER, { previous });
    const lines = sections.find(({ title }) => title.startsWith('Changes since'))?.lines ?? [];
    expect(lines.slice(2, 12)).toEqual(
      Array.from(
        { length: 10 },
        (_, at) => `team-0${49 - at}-chat changed from "delete" to "keep (required)".`,
      ),
    );
    expect(lines.slice(12)).toEqual([
      'And 41 more: 25 changed from "keep" to "keep (required)", ' +
        '10 changed from "delete" to "keep (required)", 5 are new, 1 is no longer audited.',
    ]);
  });

  it('requests ten items, and says how many more are missing', () => {
    const unproven = waivedFleet(50);
    const stack = { ...unproven.stack, verdict: 'not enough evidence' } as const;
    const { steps } = findingsForLeader({ ...unproven, stack });
    expect(steps).toHaveLength(11);
    expect(steps.at(-1)).toMatchObject({ mark: '', what: 'and 90 more, in report.json' });
    expect(shown(unproven, 'Actions in detail')).toHaveLength(11);
    expect(shown(unproven, 'Actions in detail').at(-1)).toBe('And 40 more, in report.json.');
  });

  it('says what ten steps omit if the saving of one of them is unknown', () => {
    const deployments = Array.from({ length: 14 }, (_, at) =>
      aDeployment({ id: `chat-${at}`, savings: { delete: at === 3 ? null : 1000 } }),
    );
    const audit = anAudit({ deployments });
    const { steps } = findingsForLeader({ ...audit, stack: { ...audit.stack, steps: [] } });
    expect(steps[10]).toMatchObject({ what: 'and 4 more, in report.json', worth: 'unknown' });
  });
});

const sizeOf = ({ html, text }: ReportMessage) => Buffer.byteLength(html) + Buffer.byteLength(text);

describe('the messages for a fleet', () => {
  it('are hardly longer for four hundred deployments than for fifty', async () => {
    const letters = async (count: number) => {
      const audit = waivedFleet(count);
      const previous = { ...waivedFleet(1), quarter: '2026-Q2' };
      const owners = ['team-000-chat'];
      return renderCached({ audit, detail: aDetail(audit), previous, owners });
    };
    const [fifty, fourHundred] = [await letters(50), await letters(400)];
    for (const role of ['leader', 'finance', 'owner'] as const) {
      const whose = role === 'owner' ? 'team-000-chat' : undefined;
      const small = messageTo(fifty, role, whose);
      const large = messageTo(fourHundred, role, whose);
      expect(sizeOf(large) / sizeOf(small)).toBeLessThan(1.05);
      expect(Buffer.byteLength(large.html)).toBeLessThan(90_000);
    }
  });
});

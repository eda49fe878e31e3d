/** How the report states the basis of its figures. */

import { describe, expect, it } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { mixedAudit } from '../support/audits.ts';
import { ownerCopy } from '../support/ownerCopy.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const section = (audit: Audit, title: string) =>
  buildReportText(findingsForLeader(audit), LEADER).sections.find(
    (candidate) => candidate.title === title,
  )?.lines ?? [];

describe('engineering time', () => {
  it('is assumed or logged, next to the saving and in the confidence section', () => {
    const notes = (audit: Audit) => findingsForLeader(audit).main[2].note;
    const logged = anAudit({ stack: { laborBasis: 'measured' } });
    expect(notes(anAudit())).toBe(
      '90% range $9,000 to $45,000; with engineering time, assumed; $30,000 without',
    );
    expect(notes(logged)).toContain('with engineering time, measured; $30,000 without');
    expect(section(anAudit(), 'How certain the figures are')).toContain(
      'Engineering time is assumed, not measured. Hours in the ops log replace the assumption.',
    );
    expect(section(logged, 'How certain the figures are')).toContain(
      'Engineering time of self-hosting is measured in the ops log. That of hosted APIs is ' +
        'assumed.',
    );
  });
});

describe('estimated spend', () => {
  it('is reported if there is any, and only then', () => {
    const audit = anAudit({ totals: { spendUsd: '6.750000', estimatedUsd: '0.750000' } });
    expect(section(audit, 'How certain the figures are')).toContain(
      '$0.75 of the $6.75 spend is estimated, because the sources list no billed amounts for it.',
    );
    expect(section(anAudit(), 'How certain the figures are')).toContain(
      'No spend is estimated: all of it was billed.',
    );
  });
});

describe('capacities', () => {
  it('are printed with their day and source, four of them, on one line', () => {
    const deployments = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) =>
      aDeployment({ id, capacityEvidence: id === 'b' ? null : `2026-06-01,\n${id} test` }),
    );
    expect(section(anAudit({ deployments }), 'Method, sources and figure IDs')).toContain(
      'Stated capacities: a (Jun 1, 2026, a test), c (Jun 1, 2026, c test), d (Jun 1, ' +
        '2026, d test), e (Jun 1, 2026, e test) and 1 more.',
    );
    const none = anAudit({ deployments: [aDeployment({ capacityEvidence: null })] });
    expect(section(none, 'Method, sources and figure IDs').join()).not.toContain('Capacities');
  });
});

describe('the median provider', () => {
  type Hosted = NonNullable<ReturnType<typeof aDeployment>['hosted']>;

  const doubts = (change: (hosted: Hosted) => Hosted) => {
    const own = aDeployment();
    if (own.hosted === null) throw new Error('the fixture has a host');
    return feet(anAudit({ deployments: [{ ...own, hosted: change(own.hosted) }] }));
  };

  const feet = (audit: Audit) =>
    audit.deployments
      .flatMap(({ id }) => ownerCopy(audit, id).sections)
      .flatMap(({ tables }) => tables.map(({ foot }) => foot))
      .filter((foot) => foot.includes('median'));

  const costs = (costUsd: string, medianUsd: string) =>
    doubts((hosted) => ({ ...hosted, costUsd, medianUsd }));

  it('is compared with the chosen one', () => {
    expect(costs('50117.000000', '65152.000000')).toEqual([
      'The median of 3 eligible endpoints costs $65,152, 30% more than deepinfra/fp8.',
    ]);
    expect(costs('200.000000', '150.000000')[0]).toContain('$150, 25% less than deepinfra/fp8.');
    expect(costs('150.000000', '150.000000')[0]).toContain('$150, the same as deepinfra/fp8.');
    expect(costs('0.000000', '150.000000')[0]).toContain('$150, where deepinfra/fp8 is free.');
  });

  it('is not mentioned for a single eligible provider', () => {
    const singleProvider = doubts((hosted) => ({
      ...hosted,
      considered: hosted.considered.filter(
        ({ host, costUsd }) => host === 'deepinfra/fp8' || costUsd === null,
      ),
    }));
    expect(singleProvider).toEqual([]);
  });

  it('is printed below the options of each, to its owner', () => {
    expect(feet(mixedAudit())).toHaveLength(4);
  });
});

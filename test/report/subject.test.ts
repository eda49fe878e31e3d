/** The subject line and the headline of each case. */

import { describe, expect, it } from 'vitest';
import { buildReportText, renderSubject } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const subjectOf = (audit: Audit) =>
  renderSubject(buildReportText(findingsForLeader(audit), LEADER));
const headlineOf = (audit: Audit) => buildReportText(findingsForLeader(audit), LEADER).headline;

const partial = { start: '2026-07-01T00:00:00Z', end: '2026-08-15T00:00:00Z', partial: true };

describe('the subject of a change', () => {
  it('names the deployments and the money', () => {
    const deployments = ['a', 'b', 'c', 'd'].map((id, index) =>
      aDeployment({ id, verdict: index < 2 ? 'delete' : 'keep', savings: { delete: 20_600 } }),
    );
    expect(subjectOf(anAudit({ deployments }))).toBe(
      'Rent check Q3 2026: delete a and b; save $41,200 a quarter (96% likely)',
    );
    expect(headlineOf(anAudit({ deployments }))).toBe(
      'Delete a and b: saves $41,200 a quarter ($164,800 a year), 96% likely.',
    );
  });

  it.each([
    ['0.999600', 'over 99%'],
    ['1.000000', 'over 99%'],
    ['0.990000', '99%'],
    ['0.899900', '89%'],
    ['0.004000', 'under 1%'],
    ['0.000000', 'under 1%'],
  ])('never claims certainty: a probability of %s is %s', (probability, sure) => {
    expect(subjectOf(anAudit({ stack: { probability } }))).toContain(` (${sure} likely)`);
  });

  it('states no unknown probability', () => {
    expect(subjectOf(anAudit({ stack: { probability: null } }))).toMatch(/a quarter$/);
  });

  it('lists the actions, the most dollars first', () => {
    const deployments = ['a', 'b'].map((id) => aDeployment({ id }));
    expect(subjectOf(anAudit({ deployments }))).toContain('delete a and b;');
    expect(subjectOf(mixedAudit())).toBe(
      'Rent check Q3 2026: delete chat-70b, cap bursty-code-32b; save $41,214 a quarter ' +
        '(96% likely)',
    );
  });

  it('counts the names that do not fit', () => {
    const many = Array.from({ length: 14 }, (_, at) =>
      aDeployment({ id: `a-name-of-a-deployment-${at}`, savings: { delete: 1000 - at } }),
    );
    const audit = anAudit({ deployments: many });
    expect(subjectOf(audit)).toBe(
      'Rent check Q3 2026: delete a-name-of-a-deployment-0 and 13 more; save $13,909 a quarter ' +
        '(96% likely)',
    );
    expect(headlineOf(audit)).toBe(
      'Delete a-name-of-a-deployment-0, a-name-of-a-deployment-1, a-name-of-a-deployment-2 and ' +
        '11 more: saves $13,909 a quarter ($55,636 a year), 96% likely.',
    );
    const { finding, findings } = buildReportText(findingsForLeader(audit), LEADER);
    const later = renderSubject({ period: 'Q3 2026', finding, findings: findings ?? [] }, 2);
    expect(later).toBe(
      'Rent check Q3 2026, correction (edition 2): change 14 deployments; save $13,909 a quarter ' +
        '(96% likely)',
    );
  });

  it('counts other changes separately', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const deployments = ids.map((id, at) => {
      const verdict = at === 4 ? 'move' : 'delete';
      return aDeployment({ id, verdict, savings: { [verdict]: 1000 - at } });
    });
    expect(headlineOf(anAudit({ deployments }))).toMatch(/^Delete a, b and c, and change 2 more: /);
  });

  it.each([
    ['hybrid', 'cap chat-70b'],
    ['serverless', 'move chat-70b to serverless'],
    ['move', 'move chat-70b to cheaper GPUs'],
    ['right-size', 'right-size chat-70b'],
  ] as const)('names a single model: %s', (option, phrase) => {
    const audit = anAudit({
      deployments: [aDeployment({ verdict: option, savings: { [option]: 5 } })],
    });
    expect(subjectOf(audit)).toBe(
      `Rent check Q3 2026: ${phrase}; save $5.00 a quarter (96% likely)`,
    );
  });

  it('marks an unfinished quarter, and claims no saving for a whole one', () => {
    const audit = anAudit({ window: partial });
    expect(subjectOf(audit)).toBe(
      'Rent check Q3 2026 so far: delete chat-70b; save $30,000 over 45 days (96% likely)',
    );
    expect(headlineOf(audit)).toBe('Delete chat-70b: saves $30,000 over 45 days, 96% likely.');
  });

  it('names a window by its days, or by its hours if it begins or ends within a day', () => {
    const days = { start: '2026-07-01T00:00:00Z', end: '2026-07-08T00:00:00Z', partial: false };
    const hours = { start: '2026-07-01T00:00:00Z', end: '2026-07-01T04:00:00Z', partial: false };
    const day = { start: '2026-07-01T00:00:00Z', end: '2026-07-02T00:00:00Z', partial: false };
    const periodOf = (window: Audit['window']) =>
      buildReportText(findingsForLeader(anAudit({ quarter: null, window })), LEADER).period;
    expect(periodOf(days)).toBe('Jul 1, 2026 to Jul 7, 2026');
    expect(periodOf(hours)).toBe('Jul 1, 2026 00:00 to 04:00 UTC');
    expect(periodOf(day)).toBe('Jul 1, 2026');
    expect(subjectOf(anAudit({ quarter: null, window: days }))).toContain('over 7 days');
  });

  it('invents no saving that is unknown', () => {
    const audit = anAudit({ stack: { savingUsd: { base: null, low: null, high: null } } });
    expect(subjectOf(audit)).toBe('Rent check Q3 2026: delete chat-70b');
    expect(headlineOf(audit)).toBe('Delete chat-70b: the saving is unknown.');
  });
});

describe('the subject of everything else', () => {
  it('states that one or all are kept, with what they cost', () => {
    expect(subjectOf(keptAudit())).toBe('Rent check Q3 2026: keep busy-8b at $6,624 a quarter');
    const deployments = ['a', 'b'].map((id) => aDeployment({ id, verdict: 'keep' }));
    expect(subjectOf(anAudit({ deployments }))).toBe(
      'Rent check Q3 2026: keep a and b at $108,000 a quarter',
    );
  });

  it('says that evidence is missing, and for how much money', () => {
    expect(subjectOf(unprovenAudit())).toBe(
      'Rent check Q3 2026: not enough evidence on chat-70b; $61,500 a quarter undecided',
    );
  });

  it('says that nothing is changed, for how much money, and why', () => {
    const stack = {
      verdict: 'too small to act on',
      probability: '0.628000',
      savingUsd: { base: '800.000000', low: '-2000.000000', high: '3500.000000' },
    } as const;
    expect(subjectOf(anAudit({ stack }))).toBe(
      'Rent check Q3 2026: keep chat-70b; $800 a quarter (62% likely) is too small to act on',
    );
    expect(headlineOf(anAudit({ stack }))).toBe(
      'Keep chat-70b: the best change saves $800 a quarter ($3,200 a year), 62% likely, too ' +
        'small to act on.',
    );
    const unsure = { ...stack, verdict: 'not certain enough' } as const;
    expect(subjectOf(anAudit({ stack: unsure }))).toMatch(/ is not certain enough$/);
    expect(headlineOf(anAudit({ stack: unsure }))).toMatch(/, not certain enough to act on\.$/);
    const older = { ...stack, verdict: 'too close to call' } as const;
    expect(subjectOf(anAudit({ stack: older }))).toMatch(/ is not certain enough$/);
    expect(headlineOf(anAudit({ stack: { ...stack, leaning: 'delete' } }))).toContain(
      '62% likely, but must first hold for another quarter.',
    );
    const none = { ...stack, savingUsd: { base: null, low: null, high: null } } as const;
    expect(headlineOf(anAudit({ stack: none }))).toBe(
      'Keep chat-70b at $54,000 a quarter ($216,000 a year): no change clearly saves money.',
    );
  });

  it('says for an empty ledger that nothing is self-hosted', () => {
    const blank = { spend: 0, tokens: 0, savings: {} };
    expect(subjectOf(anAudit({ deployments: [] }))).toBe(
      'Rent check Q3 2026: no deployment to audit',
    );
    expect(subjectOf(anAudit({ deployments: [aDeployment(blank)] }))).toBe(
      'Rent check Q3 2026: no bills and no usage recorded',
    );
  });

  it('is one line of at most 110 characters, whatever the models are called', () => {
    const [hostile] = hostileAudit().deployments.slice(1);
    const audit = anAudit({ deployments: hostile === undefined ? [] : [hostile] });
    for (const subject of [subjectOf(hostileAudit()), subjectOf(audit)]) {
      expect(subject.length).toBeLessThanOrEqual(110);
      expect(subject).not.toMatch(/[\r\n\u202e]/);
    }
  });
});

/** Knows the subject line and the headline of each case. */

import { describe, expect, it } from 'vitest';
import { renderSubject } from '../../src/report/subject.ts';
import { reportWords } from '../../src/report/words.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { hostileAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';

const subjectOf = (audit: Audit) => renderSubject(reportWords(audit));
const headlineOf = (audit: Audit) => reportWords(audit).headline;

const partial = { start: '2026-07-01T00:00:00Z', end: '2026-08-15T00:00:00Z', partial: true };

describe('the subject of a change', () => {
  it('counts the models and says what is saved', () => {
    const deployments = ['a', 'b', 'c', 'd'].map((id, index) =>
      aDeployment({ id, verdict: index < 2 ? 'delete' : 'keep', savings: { delete: 20_600 } }),
    );
    expect(subjectOf(anAudit({ deployments }))).toBe(
      'Rent check Q3 2026: delete 2 of 4 self-hosted models, save $41,200 a quarter (96% sure)',
    );
    expect(headlineOf(anAudit({ deployments }))).toBe(
      'Delete 2 of 4 self-hosted models and save $41,200 a quarter (96% sure), ' +
        "people's time included.",
    );
  });

  it.each([
    ['0.999600', 'over 99%'],
    ['1.000000', 'over 99%'],
    ['0.990000', '99%'],
    ['0.899900', '89%'],
    ['0.004000', 'under 1%'],
    ['0.000000', 'under 1%'],
  ])('is never certain: odds of %s are %s', (probability, sure) => {
    expect(subjectOf(anAudit({ stack: { probability } }))).toContain(` (${sure} sure)`);
  });

  it('tells no odds that are not known', () => {
    expect(subjectOf(anAudit({ stack: { probability: null } }))).toMatch(/a quarter$/);
  });

  it('says all when all change, and lists a mixture', () => {
    const deployments = ['a', 'b'].map((id) => aDeployment({ id }));
    expect(subjectOf(anAudit({ deployments }))).toContain('delete all 2 self-hosted models');
    expect(subjectOf(mixedAudit())).toBe(
      'Rent check Q3 2026: change 2 of 4 self-hosted models (1 delete, 1 hybrid), save ' +
        '$41,214 a quarter (96% sure)',
    );
  });

  it.each([
    ['hybrid', 'run chat-70b as a hybrid'],
    ['serverless', 'move chat-70b to serverless'],
    ['move', 'move chat-70b to a cheaper GPU rate'],
    ['right-size', 'right-size chat-70b'],
  ] as const)('calls a lone model by its name: %s', (option, phrase) => {
    const audit = anAudit({
      deployments: [aDeployment({ verdict: option, savings: { [option]: 5 } })],
    });
    expect(subjectOf(audit)).toBe(`Rent check Q3 2026: ${phrase}, save $5.00 a quarter (96% sure)`);
  });

  it('marks a quarter that is not over, and claims no saving for a whole one', () => {
    const audit = anAudit({ window: partial });
    expect(subjectOf(audit)).toBe(
      'Rent check Q3 2026 so far: delete chat-70b, save $30,000 over 45 days (96% sure)',
    );
    expect(headlineOf(audit)).toContain('would have saved $30,000 over 45 days');
  });

  it('names a window by its days, or by its hours where it is cut within a day', () => {
    const days = { start: '2026-07-01T00:00:00Z', end: '2026-07-08T00:00:00Z', partial: false };
    const hours = { start: '2026-07-01T00:00:00Z', end: '2026-07-01T04:00:00Z', partial: false };
    const day = { start: '2026-07-01T00:00:00Z', end: '2026-07-02T00:00:00Z', partial: false };
    const of = (window: Audit['window']) => reportWords(anAudit({ quarter: null, window })).period;
    expect(of(days)).toBe('Jul 1, 2026 to Jul 7, 2026');
    expect(of(hours)).toBe('Jul 1, 2026 00:00 to 04:00 UTC');
    expect(of(day)).toBe('Jul 1, 2026');
    expect(subjectOf(anAudit({ quarter: null, window: days }))).toContain('over 7 days');
  });

  it('does not invent a saving that is unknown', () => {
    const audit = anAudit({ stack: { savingUsd: { base: null, low: null, high: null } } });
    expect(subjectOf(audit)).toBe('Rent check Q3 2026: delete chat-70b');
    expect(headlineOf(audit)).toBe('Delete chat-70b; what that saves is not known.');
  });
});

describe('the subject of everything else', () => {
  it('keeps one or all, with what they cost', () => {
    expect(subjectOf(keptAudit())).toBe('Rent check Q3 2026: keep busy-8b at $6,624 a quarter');
    const deployments = ['a', 'b'].map((id) => aDeployment({ id, verdict: 'keep' }));
    expect(subjectOf(anAudit({ deployments }))).toBe(
      'Rent check Q3 2026: keep all 2 self-hosted models at $108,000 a quarter',
    );
  });

  it('says that evidence is short, and for how much money', () => {
    expect(subjectOf(unprovenAudit())).toBe(
      'Rent check Q3 2026: not enough evidence for a verdict on $61,500',
    );
  });

  it('says that nothing is changed, on how much money, and why', () => {
    const stack = {
      verdict: 'too small to act on',
      probability: '0.628000',
      savingUsd: { base: '800.000000', low: '-2000.000000', high: '3500.000000' },
    } as const;
    expect(subjectOf(anAudit({ stack }))).toBe(
      'Rent check Q3 2026: change nothing on $54,000 a quarter: too small to act on',
    );
    expect(headlineOf(anAudit({ stack }))).toBe(
      'Change nothing: the best change would save $800 of $54,000 a quarter (odds of 62% ' +
        'that it saves anything, 90% interval -$2,000 to $3,500), which is too small to act on.',
    );
    const unsure = { ...stack, verdict: 'not certain enough' } as const;
    expect(subjectOf(anAudit({ stack: unsure }))).toMatch(/: not certain enough$/);
    expect(headlineOf(anAudit({ stack: unsure }))).toMatch(/, which is not certain enough\.$/);
    const older = { ...stack, verdict: 'too close to call' } as const;
    expect(subjectOf(anAudit({ stack: older }))).toMatch(/: too close to call$/);
    expect(headlineOf(anAudit({ stack: { ...stack, leaning: 'delete' } }))).toContain(
      'it would turn the last answer around, so it must hold for another quarter first',
    );
    const none = { ...stack, savingUsd: { base: null, low: null, high: null } } as const;
    expect(headlineOf(anAudit({ stack: none }))).toContain('no change of the $54,000');
  });

  it('tells nothing self-hosted from an empty ledger', () => {
    const blank = { spend: 0, tokens: 0, savings: {} };
    expect(subjectOf(anAudit({ deployments: [] }))).toBe(
      'Rent check Q3 2026: nothing self-hosted to audit',
    );
    expect(subjectOf(anAudit({ deployments: [aDeployment(blank)] }))).toBe(
      'Rent check Q3 2026: no bills and no usage in the ledger',
    );
  });

  it('is one line of at most 140 characters, whatever the models are called', () => {
    const [hostile] = hostileAudit().deployments.slice(1);
    const audit = anAudit({ deployments: hostile === undefined ? [] : [hostile] });
    for (const subject of [subjectOf(hostileAudit()), subjectOf(audit)]) {
      expect(subject.length).toBeLessThanOrEqual(140);
      expect(subject).not.toMatch(/[\r\n\u202e]/);
    }
  });
});

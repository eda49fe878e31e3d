/** The report to the owner of a deployment: the decision, its figures, every option, and why. */

import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../support/audits.ts';
import { ownerSection, ownerCopy } from '../support/ownerCopy.ts';
import { findingsForLeader } from '../support/readers.ts';

const rowsOf = (audit: Audit) =>
  ownerSection(audit, 'The options')?.tables.flatMap(({ rows }) => rows.map(({ cells }) => cells));

describe('the report to an owner', () => {
  it('has the decision, its own actions, the cost and tokens, and what may change', () => {
    const { headline, kicker, lead, actions, page, sections } = ownerCopy(mixedAudit(), 'chat-70b');
    expect(kicker).toBe('Rent check Q3 2026: chat-70b');
    expect(headline).toBe(
      'Delete chat-70b: saves $30,214 a quarter ($120,856 a year), over 99% likely.',
    );
    expect(lead).toEqual([]);
    expect(actions.listed.map(({ what, dollars }) => [what, dollars])).toEqual([
      ['Delete chat-70b and send its tokens to deepinfra/fp8 through openrouter', '$30,214'],
    ]);
    expect(page.map(({ title }) => title)).toEqual([
      'What was paid and served',
      'What would change this decision',
    ]);
    expect(page[0]?.tables[0]?.rows.map(({ cells }) => cells)).toEqual([
      ['GPU spend', '$54,120'],
      ['Tokens served', '140B'],
      ['Utilization', '23%'],
      ['Self-hosted, per million tokens', '$0.387'],
      ['The same tokens from deepinfra/fp8', '$23,906'],
      ['Hosted API, per million tokens', '$0.171'],
    ]);
    expect(page[0]?.tables[0]?.rows[0]?.note).toBe(
      '$26,519 for idle hours, $15,154 for under-filled hours',
    );
    expect(sections.map(({ title }) => title)).toEqual([
      'Why',
      'The options',
      'Break-even and trend',
      'Commitments and return',
      'Previous verdict',
      'How certain the data is',
    ]);
  });

  it('gives all reasons, and the date on which the verdict changes', () => {
    const why = ownerSection(mixedAudit(), 'Why', 'bursty-code-32b')?.sentences;
    expect(why).toContain('One replica holds the base load; the peaks are 7% of the hours.');
    expect(ownerSection(mixedAudit(), 'Break-even and trend')?.lines).toContain(
      'If its trends continue, the verdict changes on Jun 21, 2027.',
    );
  });

  it('says that a waiver requires the deployment to stay, and what that costs', () => {
    const { headline, lead, page, sections } = ownerCopy(mixedAudit(), 'records-70b');
    expect(headline).toBe('Keep records-70b: a waiver requires it.');
    expect(lead[0]).toBe(
      'Without the waiver, deleting it would save $16,400 a quarter ($65,600 a year).',
    );
    expect(page.at(-1)?.lines).toContain('The waiver expires on Dec 31, 2026.');
    const why = sections.find(({ title }) => title === 'Why')?.sentences.join(' ') ?? '';
    expect(why).not.toContain('too little');
    const waiver = sections.find(({ title }) => title === 'Waiver to renew')?.lines.join() ?? '';
    expect(waiver).toContain('$16,400 more');
  });

  it('says what the cheapest change of a kept deployment would cost, with no action', () => {
    const { headline, lead, actions } = ownerCopy(mixedAudit(), 'busy-8b');
    expect(headline).toBe(
      'Keep busy-8b at $22,080 a quarter ($88,320 a year): the cheapest change, hybrid, would ' +
        'cost $2,200 more.',
    );
    expect(lead).toEqual(['There is nothing to do until the next report.']);
    expect(actions.listed).toEqual([]);
  });

  it('says in one sentence why the decision is not its own best option', () => {
    const audit = mixedAudit();
    const change = (because: 'with-the-plan' | 'held-back') => {
      const held = { option: 'delete', savingUsd: '900.000000', because: 'too-small' } as const;
      const deployments = audit.deployments.map((each) => ({
        ...each,
        decision: {
          option: because === 'held-back' ? ('keep' as const) : ('delete' as const),
          because,
          alone: 'keep' as const,
          heldBack: because === 'held-back' ? held : null,
        },
        savingUsd: { base: '-200.000000', low: null, high: null },
      }));
      return ownerCopy({ ...audit, deployments }, 'chat-70b');
    };
    const planned = change('with-the-plan');
    expect(planned.headline).toBe(
      'Delete chat-70b: the plan for the whole stack saves $41,214 a quarter ($164,854 a year), ' +
        '96% likely.',
    );
    expect(planned.lead[0]).toMatch(/^Alone, this change would cost \$200 more a quarter \(/);
    const held = change('held-back');
    expect(held.headline).toBe('Keep chat-70b: that is cheapest for the whole stack.');
    expect(held.lead[0]).toMatch(/^Alone, deleting it would save \$900 a quarter \(/);
  });

  it('has nothing about others, nor what only the whole stack has', () => {
    const text = JSON.stringify(ownerCopy(mixedAudit(), 'busy-8b'));
    expect(text).not.toMatch(/chat-70b|bursty|records|1,240|128,712/);
    expect(ownerCopy(keptAudit()).headline).toMatch(/^Keep busy-8b at \$6,624 a quarter /);
  });
});

describe('the options of a deployment', () => {
  const table = (audit: Audit) => ownerSection(audit, 'The options')?.tables[0];

  it('are all listed with cost, saving, interval and probability', () => {
    expect(rowsOf(mixedAudit())).toEqual([
      ['keep', '$54,120', '–', '–', '–'],
      ['delete', '$23,906', '$30,214', '$23,720 to $36,709', 'over 99%'],
      ['hybrid', '$32,620', '$21,500', '$15,006 to $27,994', 'over 99%'],
      ['serverless', '$30,020', '$24,100', '$17,606 to $30,594', 'over 99%'],
      ['move', '$44,720', '$9,400', '$2,906 to $15,894', '74%'],
      ['spot', '$27,120', '$27,000', '$20,506 to $33,494', 'over 99%'],
      ['right-size', '$42,920', '$11,200', '$4,706 to $17,694', '79%'],
    ]);
  });

  it('have a description and sums; spot is not advised', () => {
    const notes = table(mixedAudit())?.rows.map(({ note }) => note) ?? [];
    expect(notes[1]).toBe(
      'all tokens from deepinfra/fp8; hosted APIs $21,516, engineering time $1,195, ' +
        'amortized migration $1,195',
    );
    expect(notes[4]).toContain('$1.19 per GPU-hour at vast, $1.50 now; GPU $38,460');
    expect(notes[5]).toMatch(/^not advised: the provider can take it away; /);
    expect(notes[6]).toContain('1,320 replica-hours, at most 2 replicas at once, off for 888');
  });

  it('say why one has no price, and never count spot as the best change', () => {
    const audit = anAudit({
      deployments: [
        aDeployment({ verdict: 'keep', savings: { delete: -5, spot: 900, move: null } }),
      ],
    });
    expect(table(audit)?.foot).toContain('Not priced: move (no price of it is known).');
    expect(findingsForLeader(audit).why.at(-1)).toContain(
      'to delete chat-70b, would cost $5.00 more',
    );
  });
});

describe('an option that changes nothing', () => {
  const savings = { delete: -5, 'right-size': 0 };
  const deployment = aDeployment({ verdict: 'keep', savings });
  const same = { low: '0.000000', high: '0.000000', probability: '0.500000' };
  const options = deployment.options.map((each) =>
    each.option === 'right-size' ? { ...each, ...same } : each,
  );
  const audit = anAudit({ deployments: [{ ...deployment, options }] });

  it('has no probability', () => {
    expect(rowsOf(audit)?.at(-1)).toEqual(['right-size', '$54,000', '$0', '–', '–']);
  });

  it('is not the best change, though it costs less than that of the verdict', () => {
    const withoutLabor = { verdict: 'keep', savingUsd: '0.000000', probability: null } as const;
    const savingUsd = { base: '-5.000000', low: '-9.000000', high: '-1.000000' };
    const letter = anAudit({ deployments: [{ ...deployment, withoutLabor, savingUsd }] });
    expect(findingsForLeader(letter).why.at(-1)).toContain(
      'to delete chat-70b, would cost $5.00 more',
    );
  });
});

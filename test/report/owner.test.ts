/** Knows what the owner of a deployment is told: every option, and why. */

import { describe, expect, it } from 'vitest';
import { reportWords } from '../../src/report/words.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../support/audits.ts';
import { ownSection, ownWords } from '../support/ownWords.ts';

const rowsOf = (audit: Audit) =>
  ownSection(audit, 'The options')?.tables.flatMap(({ rows }) => rows.map(({ cells }) => cells));

describe('the letter to an owner', () => {
  it('has the answer for the one deployment, its figures and its own steps', () => {
    const { headline, kicker, page, sections } = ownWords(mixedAudit(), 'chat-70b');
    expect(kicker).toBe('Rent check Q3 2026: chat-70b');
    expect(headline).toBe(
      'Delete chat-70b: saves $30,214 a quarter ($120,856 a year), over 99% likely.',
    );
    const figures = page[0]?.tables[0]?.rows.map(({ cells }) => cells[1]);
    expect(figures).toEqual(['$0.387 vs $0.171', '23%', '$30,214']);
    expect(sections.map(({ title }) => title)).toEqual([
      'Why',
      'What to do next',
      'What would change the answer',
      'The options',
      "What came of last quarter's advice",
      'How certain the figures are',
    ]);
    const steps = sections.find(({ title }) => title === 'What to do next')?.steps ?? [];
    expect(steps.map(({ what }) => what)).toEqual([
      'Delete chat-70b and buy its tokens from deepinfra/fp8 through openrouter',
    ]);
  });

  it('gives all reasons, and the day on which the answer flips', () => {
    const why = ownSection(mixedAudit(), 'Why', 'bursty-code-32b')?.sentences;
    expect(why).toContain('One replica holds the base load; the peaks are 7% of the hours.');
    expect(ownSection(mixedAudit(), 'What would change the answer')?.lines).toContain(
      'If its trends continue, the answer changes on Jun 21, 2027.',
    );
  });

  it('says of what must stay that it must, and what that costs', () => {
    const withoutLabor = {
      verdict: 'keep (required)',
      savingUsd: '15000.000000',
      probability: '1.000000',
    } as const;
    const audit = mixedAudit();
    const deployments = audit.deployments.map((each) => ({ ...each, withoutLabor }));
    const told = ownWords({ ...audit, deployments }, 'records-70b');
    const { headline, page, sections } = told;
    const saving = page[0]?.tables[0]?.rows[2];
    expect(saving?.cells[1]).toBe('$0');
    expect(saving?.note).toContain('; $0 without');
    const why = sections.find(({ title }) => title === 'Why')?.sentences.join(' ') ?? '';
    expect(why).toContain('would save $16,400, but a waiver requires keeping it.');
    expect(why).not.toContain('too little');
    expect(headline).toBe('Keep records-70b: it must stay, whatever else would cost.');
    const waiver = sections.find(({ title }) => title === 'Waiver to renew')?.lines.join() ?? '';
    expect(waiver).toContain('Keeping costs $16,400 more than the best option, delete');
  });

  it('tells nothing of others, nor what only the whole stack has', () => {
    const text = JSON.stringify(ownWords(mixedAudit(), 'busy-8b').sections);
    expect(text).not.toMatch(/chat-70b|bursty|records|1,240|128,712/);
    expect(ownWords(keptAudit()).headline).toBe(
      'Keep busy-8b at $6,624 a quarter ($26,496 a year): no change is worth its cost.',
    );
  });
});

describe('the options of a deployment', () => {
  const table = (audit: Audit) => ownSection(audit, 'The options')?.tables[0];

  it('are all told with cost, saving, interval and odds', () => {
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

  it('tell what each does and sums from; spot is not advised', () => {
    const notes = table(mixedAudit())?.rows.map(({ note }) => note) ?? [];
    expect(notes[1]).toBe(
      'all tokens from deepinfra/fp8; hosted APIs $21,516, engineering time $1,195, ' +
        'amortized migration $1,195',
    );
    expect(notes[4]).toContain('$1.19 per GPU-hour at vast, $1.50 now; GPU $38,460');
    expect(notes[5]).toMatch(/^not advised: it can be taken away; /);
    expect(notes[6]).toContain('1,320 replica-hours, at most 2 replicas at once, off for 888');
  });

  it('say why one has no price, and never count spot as the best change', () => {
    const audit = anAudit({
      deployments: [
        aDeployment({ verdict: 'keep', savings: { delete: -5, spot: 900, move: null } }),
      ],
    });
    expect(table(audit)?.foot).toContain('Not priced: move (no price of it is known).');
    expect(reportWords(audit).why.at(-1)).toContain('to delete chat-70b, would cost $5.00 more');
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

  it('has no odds', () => {
    expect(rowsOf(audit)?.at(-1)).toEqual(['right-size', '$54,000', '$0', '–', '–']);
  });

  it('is not the best change, though it costs less than the one that the verdict is about', () => {
    const withoutLabor = { verdict: 'keep', savingUsd: '0.000000', probability: null } as const;
    const savingUsd = { base: '-5.000000', low: '-9.000000', high: '-1.000000' };
    const told = anAudit({ deployments: [{ ...deployment, withoutLabor, savingUsd }] });
    expect(reportWords(told).why.at(-1)).toContain('to delete chat-70b, would cost $5.00 more');
  });
});

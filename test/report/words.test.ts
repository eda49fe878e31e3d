/** Knows what the words must say, and what they must not. */

import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/verdict/audit.ts';
import { reportWords } from '../../src/report/words.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { crowdedAudit, keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';

const section = (audit: Audit, title: string) =>
  reportWords(audit).sections.find((candidate) => candidate.title === title)?.lines ?? [];

/** The worked example of the economics: one A100 pod at $1.50/h for four hours. */
function workedExample(): Audit {
  return anAudit({
    quarter: null,
    window: { start: '2026-07-01T00:00:00Z', end: '2026-07-01T04:00:00Z', partial: false },
    deployments: [
      aDeployment({
        spend: 6,
        tokens: 15_600_000,
        savings: { delete: 6.374175 },
        utilization: '0.361111',
        fullCapacityUsd: '2.166667',
        underfilledUsd: '1.083333',
        idleUsd: '2.750000',
        hosted: {
          host: 'host-a',
          costUsd: '2.125825',
          usdPerMtok: '0.136271',
          cheapestUsd: '2.125825',
          medianUsd: '2.160113',
          considered: [],
        },
        breakEven: {
          tokens: 62_375_784,
          tokensPerDay: null,
          utilization: '1.443884',
          note: 'never with this many replicas',
          hostedUsdPerMtok: null,
          gpuUsdPerHour: null,
          opsHours: null,
        },
      }),
    ],
    stack: { withoutLabor: { verdict: 'delete', savingUsd: '3.874175' } },
  });
}

describe('the worked example', () => {
  it('is told in three figures and three sentences', () => {
    const { figures, why, headline } = reportWords(workedExample());
    expect(headline).toBe(
      "Delete chat-70b: that would have saved $6.37 over 4 hours, people's time included.",
    );
    expect(figures.map(({ value }) => value)).toEqual(['$0.385 vs $0.136', '36%', '$6.37']);
    expect(why).toEqual([
      'For the same traffic, a million tokens cost $0.385 on our own machines and $0.136 ' +
        'hosted: owned cost 2.8× as much.',
      'Of $6.00 of rent, $2.17 (36%) bought tokens, $1.08 went into machines that ran ' +
        'below capacity and $2.75 into idle ones.',
      'chat-70b served 15.6M tokens and breaks even at 62.4M, more than its machines can do.',
    ]);
  });
});

describe('what to do next', () => {
  it('lists the changes by what they save and sums to the headline', () => {
    const { steps } = reportWords(mixedAudit());
    expect(steps.map(({ mark, what, worth }) => [mark, what, worth])).toEqual([
      ['1', 'Delete chat-70b and buy its tokens from deepinfra/fp8', '$30,214'],
      [
        '2',
        'Run bursty-code-32b as a hybrid: keep 2 replicas, buy the peaks from deepinfra/fp8',
        '$9,876',
      ],
      ['', "For the stack as a whole: people's time, shared commitments", '$1,123'],
      ['', 'Together', '$41,214'],
      ['3', 'Match $1,240 (1% of the spend) to a deployment in rentcheck.yaml', ''],
    ]);
  });

  it('says when looking after two kinds of serving costs more', () => {
    const audit = anAudit({
      deployments: [aDeployment(), aDeployment({ id: 'b', verdict: 'keep' })],
      stack: { savingUsd: { base: '28500.000000', low: null, high: null } },
    });
    expect(reportWords(audit).steps.map(({ worth }) => worth)).toEqual([
      '$30,000',
      '-$1,500',
      '$28,500',
    ]);
  });

  it('asks for what is missing where evidence is short', () => {
    expect(reportWords(unprovenAudit()).steps.map(({ what }) => what)).toEqual([
      'Usage of chat-70b from 2026-08-15 to 2026-09-30: pull it or import it',
      'A hosted price of meta-llama/Llama-3.3-70B-Instruct: import prices',
      'Match $7,500 (12% of the spend) to a deployment in rentcheck.yaml',
    ]);
  });

  it('asks the owner of an expired waiver again', () => {
    const waiver = {
      reason: 'latency',
      owner: 'product',
      worthUsdPerQuarter: null,
      expires: '2026-06-30',
      expired: true,
    };
    const audit = anAudit({ deployments: [aDeployment({ verdict: 'keep (required)', waiver })] });
    expect(reportWords(audit).steps.map(({ what }) => what)).toContain(
      'Ask product whether chat-70b must still stay: its waiver has expired',
    );
    expect(section(audit, 'Who must stay')).toEqual([
      'chat-70b stays for latency (asked by product; worth not stated; expired 30 Jun ' +
        '2026). Staying costs $30,000 more than the best option, delete.',
    ]);
  });
});

describe('the table', () => {
  it('shows the ten dearest, then the rest in one line, then all', () => {
    const { rows } = reportWords(crowdedAudit());
    expect(rows).toHaveLength(12);
    expect(rows[0]?.name).toBe('team-39-summarization-and-search');
    expect(rows[10]).toMatchObject({
      name: 'And 30 more',
      verdict: 'in report.json',
      model: '20 keep, 10 delete',
    });
    expect(rows[11]).toMatchObject({ name: 'All', verdict: '40 deployments', spend: '$610,469' });
  });

  it('needs no total below a single line', () => {
    expect(reportWords(keptAudit()).rows.map(({ name }) => name)).toEqual(['busy-8b']);
  });

  it('says unknown, never zero, of what is not known', () => {
    const [row] = reportWords(unprovenAudit()).rows;
    expect(row).toMatchObject({ hosted: 'unknown', utilization: 'unknown', saving: 'unknown' });
  });
});

describe('doubts', () => {
  it('name people’s time first when the answer hangs on it', () => {
    const audit = anAudit({
      stack: { withoutLabor: { verdict: 'keep', savingUsd: '-300.000000' } },
    });
    expect(section(audit, 'What could change our mind')[0]).toBe(
      'The answer hangs on people\'s time: with it the verdict is "delete" (saving ' +
        '$30,000), without it "keep" (saving -$300).',
    );
  });

  it('tell what would flip the answer, in its own unit', () => {
    const flips = [
      { input: 'utilization', today: '0.230000', flipsAt: '0.690000' },
      { input: 'GPU USD/hour', today: '1.500000', flipsAt: '0.410000' },
      { input: 'tokens per day', today: '3900000.000000', flipsAt: '62375784.000000' },
    ];
    expect(
      section(anAudit({ stack: { flips } }), 'What could change our mind').slice(1, 4),
    ).toEqual([
      'Utilization is 23% today; at 69% the answer flips.',
      'GPU USD/hour is $1.50 today; at $0.41 the answer flips.',
      'Tokens per day is 3,900,000 today; at 62,400,000 the answer flips.',
    ]);
  });

  it('set the stack against the rule of thumb', () => {
    const below = anAudit({ totals: { tokensPerDay: 3_900_000 } });
    expect(section(below, 'What could change our mind').at(-1)).toBe(
      'The stack serves 3.9M tokens a day, below the 10M under which most teams should ' +
        'not self-host.',
    );
  });
});

describe('how sure we are', () => {
  it('tells coverage, unattributed spend, guesses and warnings', () => {
    expect(section(mixedAudit(), 'How sure we are')).toEqual([
      'Confidence: medium.',
      'Usage is known for 99% of the paid hours; the $870 paid for the rest is left out ' +
        'of the comparison on both sides.',
      '$1,240 (1% of the spend) belongs to no deployment and is in the total only.',
      "People's time is assumed, not measured: hours in an ops log would replace the assumption.",
      'The capacity of 1 of 4 deployments is observed, a lower bound: with a measured ' +
        'one, utilization can only be lower.',
      'busy-8b: Capacity was raised to the highest throughput seen.',
      'The range of outcomes is not computed in this version: every figure is one best estimate.',
    ]);
  });
});

describe('the reasons', () => {
  it('are told of the stack and of each deployment, but for who must stay', () => {
    expect(section(mixedAudit(), 'The reasons')).toEqual([
      'The stack: 99% of the paid hours are covered and every price was in force.',
      'chat-70b, delete: Hosted costs 44% of the rent at any number of replicas.',
      'bursty-code-32b, hybrid: One replica holds the base load; the peaks are 7% of the hours.',
      'busy-8b, keep: No option costs less than keeping it.',
    ]);
  });

  it('do not repeat what is missing or what was said above', () => {
    const { stack } = unprovenAudit();
    const audit = anAudit({ stack: { ...stack, reasons: [...stack.missing, 'Only this.'] } });
    expect(section(audit, 'The reasons')).toEqual(['The stack: Only this.']);
    const close = anAudit({
      stack: { verdict: 'too close to call', reasons: ['It hangs on labor.', 'It is small.'] },
    });
    expect(reportWords(close).why.at(-1)).toBe('It hangs on labor.');
    expect(section(close, 'The reasons')).toEqual(['The stack: It is small.']);
  });
});

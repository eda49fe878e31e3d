/** What the copy must state, and what it must not. */

import { describe, expect, it } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit, unprovenAudit } from '../support/audits.ts';
import { crowdedAudit } from '../support/crowdedAudit.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const section = (audit: Audit, title: string) =>
  buildReportText(findingsForLeader(audit), LEADER).sections.find(
    (candidate) => candidate.title === title,
  )?.lines ?? [];

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
          note: 'more than these replicas can serve',
          hostedUsdPerMtok: null,
          gpuUsdPerHour: null,
          gpuContract: null,
          opsHours: null,
          cacheShare: null,
        },
      }),
    ],
    stack: {
      probability: null,
      withoutLabor: { verdict: 'delete', savingUsd: '3.874175', probability: null },
    },
  });
}

describe('the worked example', () => {
  it('is summarized in three figures and three sentences', () => {
    const { main, why, headline } = findingsForLeader(workedExample());
    expect(headline.headline).toBe('Delete chat-70b: saves $6.37 over 4 hours.');
    expect(main.map(({ value }) => value)).toEqual(['$0.385 vs $0.136', '36%', '$6.37']);
    expect(why).toEqual([
      'For the same traffic, self-hosting cost $0.385 per million tokens and hosted APIs $0.136. ' +
        'Self-hosting cost 2.8× as much.',
      'Of the $6.00 GPU spend with known usage, $2.17 (36%) paid for tokens served. $1.08 paid ' +
        'for under-filled GPUs and $2.75 for idle GPUs.',
      'chat-70b served 15.6M tokens. Its break-even is 62.4M, more than its replicas can serve.',
    ]);
  });
});

describe('the reasons', () => {
  it('state the prices of the changed deployments if the whole stack hides them', () => {
    expect(findingsForLeader(mixedAudit()).why[0]).toBe(
      'For the deployments to change, self-hosting cost $0.425 per million tokens and hosted ' +
        'APIs $0.255. Self-hosting them cost 1.7× as much. For the whole stack, self-hosting ' +
        'cost 1.1× as much.',
    );
    const { deployments } = mixedAudit();
    const all = anAudit({ deployments: deployments.slice(0, 2) });
    expect(findingsForLeader(all).why[0]).not.toContain('the deployments to change');
    const blind = deployments.map((each) => ({ ...each, hosted: null }));
    expect(findingsForLeader({ ...mixedAudit(), deployments: blind }).why[0]).not.toContain(
      'the deployments to change',
    );
  });
});

describe('the next actions', () => {
  it('are the audit’s own steps with their dollars, which sum to the headline', () => {
    const { steps } = findingsForLeader(mixedAudit());
    expect(steps.map(({ mark, what, worth }) => [mark, what, worth])).toEqual([
      ['1', 'Delete chat-70b and send its tokens to deepinfra/fp8 through openrouter', '$30,214'],
      [
        '2',
        'Cap bursty-code-32b at 2 replicas and send the overflow to deepinfra/fp8 ' +
          'through openrouter',
        '$12,200',
      ],
      [
        '3',
        'Set up hosted API access. It takes fixed engineering time for keys, limits ' +
          'and billing',
        '-$1,200',
      ],
      ['', 'Total', '$41,214'],
      [
        '4',
        'Renegotiate the commitment with runpod before Dec 31, 2026, or let it run ' +
          'out. Until then, the plan leaves $4,500 of the committed $6,000 unused',
        '',
      ],
      [
        '5',
        'Ask legal whether records-70b must stay self-hosted (data residency). Its waiver ' +
          'expires on Dec 31, 2026',
        '',
      ],
      ['6', 'Match $1,240 (1% of the spend) to a deployment in rentcheck.yaml', ''],
    ]);
  });

  it('are read from the plan if an audit has no steps', () => {
    const { stack, ...audit } = mixedAudit();
    const { steps } = findingsForLeader({ ...audit, stack: { ...stack, steps: [] } });
    expect(steps.map(({ mark, what, worth }) => [mark, what, worth])).toEqual([
      ['1', 'Delete chat-70b and send its tokens to deepinfra/fp8', '$30,214'],
      ['2', 'Cap bursty-code-32b at 2 replicas and send the overflow to deepinfra/fp8', '$12,200'],
      ['', 'Shared engineering time and shared commitments of the whole stack', '-$1,200'],
      ['', 'Total', '$41,214'],
      ['3', 'Match $1,240 (1% of the spend) to a deployment in rentcheck.yaml', ''],
    ]);
  });

  it('wait if nothing is advised, and mention no change that is not decided', () => {
    const { stack, ...audit } = mixedAudit();
    const steps = (verdict: Audit['stack']['verdict']) =>
      findingsForLeader({ ...audit, stack: { ...stack, verdict } }).steps.map(({ what }) => what);
    for (const open of [
      'too small to act on',
      'not certain enough',
      'too close to call',
    ] as const) {
      expect(steps(open)[0]).toBe(
        'Keep all 4 deployments as they are, and decide again in the next report',
      );
      expect(steps(open)[1]).toMatch(/^Renegotiate/);
      expect(steps(open).join()).not.toMatch(/Delete|Cap|Total/);
    }
    expect(steps('not enough evidence')[0]).toMatch(/^Renegotiate/);
    expect(steps('keep')[0]).toBe('Keep all 4 deployments as they are');
  });

  it('sum what is beyond ten steps', () => {
    const { steps } = findingsForLeader(crowdedAudit());
    expect(steps.slice(10).map(({ what, worth }) => [what, worth])).toEqual([
      ['and 4 more, in report.json', '$3,738'],
      ['Total', '$12,873'],
    ]);
  });

  it('say if operating two kinds of serving costs more', () => {
    const audit = anAudit({
      deployments: [aDeployment(), aDeployment({ id: 'b', verdict: 'keep' })],
      stack: { savingUsd: { base: '28500.000000', low: null, high: null } },
    });
    expect(findingsForLeader(audit).steps.map(({ worth }) => worth)).toEqual([
      '$30,000',
      '-$1,500',
      '$28,500',
    ]);
  });

  it('request what is missing if evidence is incomplete', () => {
    expect(findingsForLeader(unprovenAudit()).steps.map(({ what }) => what)).toEqual([
      'Usage of chat-70b from Aug 15, 2026 to Sep 30, 2026: pull it or import it',
      'A hosted price of meta-llama/Llama-3.3-70B-Instruct: import prices',
      'Match $7,500 (12% of the spend) to a deployment in rentcheck.yaml',
    ]);
  });

  it('say by how much staying costs more than its stated worth, for a quarter', () => {
    const textFor = (worthUsdPerQuarter: string, window = {}) => {
      const waiver = {
        reason: 'latency',
        owner: 'product',
        worthUsdPerQuarter,
        expires: null,
        expired: false,
      };
      const deployment = aDeployment({ verdict: 'keep (required)', waiver });
      const audit = anAudit({ deployments: [deployment] });
      const part = { ...audit, window: { ...audit.window, ...window } };
      return section(part, 'Waivers to renew')?.join() ?? '';
    };
    expect(textFor('1.000000')).toMatch(/, \w+\. That is \$[\d,]+ over the stated worth\.$/);
    expect(textFor('9000000.000000')).not.toContain('over the stated');
    expect(textFor('1.000000', { partial: true })).not.toContain('over the stated');
  });

  it('ask the owner of an expired waiver again', () => {
    const waiver = {
      reason: 'latency',
      owner: 'product',
      worthUsdPerQuarter: null,
      expires: '2026-06-30',
      expired: true,
    };
    const audit = anAudit({ deployments: [aDeployment({ verdict: 'keep (required)', waiver })] });
    expect(findingsForLeader(audit).steps.map(({ what }) => what)).toContain(
      'Ask product whether chat-70b must stay self-hosted. Its waiver has expired',
    );
    expect(section(audit, 'Waivers to renew')).toEqual([
      'Waiver for chat-70b: latency (owner product, worth not stated, expired Jun 30, ' +
        '2026). Keeping costs $30,000 more than the best option, delete.',
    ]);
  });
});

describe('the table', () => {
  it('shows the ten most expensive, then the rest in one line, then all', () => {
    const { rows } = findingsForLeader(crowdedAudit());
    expect(rows).toHaveLength(12);
    expect(rows[0]?.name).toBe('team-39-summarization-and-search');
    expect(rows[10]).toMatchObject({
      name: 'And 30 more',
      verdict: 'in deployments.csv',
      model: '20 keep, 10 delete',
    });
    expect(rows[11]).toMatchObject({ name: 'All', verdict: '40 deployments', spend: '$610,469' });
  });

  it('has a column of savings that sums to what the plan saves', () => {
    expect(findingsForLeader(mixedAudit()).rows.map(({ name, saving }) => [name, saving])).toEqual([
      ['chat-70b', '$30,214'],
      ['bursty-code-32b', '$12,200'],
      ['busy-8b', '–'],
      ['records-70b', '–'],
      ['Not attributed', '–'],
      ['Shared', '-$1,200'],
      ['All', '$41,214'],
    ]);
  });

  it('needs no total below a single line', () => {
    expect(findingsForLeader(keptAudit()).rows.map(({ name }) => name)).toEqual(['busy-8b']);
  });

  it('prints unknown, never zero, for unknown values', () => {
    const [row] = findingsForLeader(unprovenAudit()).rows;
    expect(row).toMatchObject({ hosted: 'unknown', utilization: 'unknown' });
  });
});

describe('doubts', () => {
  it('list engineering time first if the answer depends on it', () => {
    const audit = anAudit({
      stack: {
        withoutLabor: { verdict: 'keep', savingUsd: '-300.000000', probability: '0.310000' },
      },
    });
    expect(section(audit, 'What would change the verdict')[0]).toBe(
      'The verdict depends on engineering time. With it, the verdict is "delete" (saving ' +
        '$30,000, 96% likely). Without it, the verdict is "keep" (saving -$300).',
    );
  });
});

describe('the confidence section', () => {
  it('has coverage, unattributed spend, guesses and warnings', () => {
    expect(section(mixedAudit(), 'How certain the figures are')).toEqual([
      'Confidence: medium. 99% of the paid hours are covered and every price was in force.',
      'Usage is known for 99% of the paid hours. The other hours cost $870 and are left out of ' +
        'the comparison.',
      'Of $128,712 billed, $127,472 is attributed to 4 deployments. $1,240 (1%) is not ' +
        'attributed and counts in the total only.',
      'No spend is estimated: all of it was billed.',
      'Engineering time is assumed, not measured. Hours in the ops log replace the assumption.',
      'The capacity of 1 of 4 deployments is observed, which is a lower bound. A measured ' +
        'capacity can only lower utilization.',
      'busy-8b: Capacity was raised to the highest throughput seen.',
      'Probabilities and 90% ranges come from 2,000 simulations of the period. Each ' +
        'resamples whole weeks, and varies engineering time and cache hits within their ' +
        'ranges.',
    ]);
  });

  it('says that intervals are at least this wide if one quarter cannot show it', () => {
    const audit = mixedAudit();
    const cannotTell = { code: 'weeks-persist', worstWeekUsd: '-1200.000000' } as const;
    const uncertain = { ...audit, stack: { ...audit.stack, cannotTell } };
    expect(section(uncertain, 'How certain the figures are').at(-1)).toContain(
      'Each week resembles the week before, so the ranges are at least this wide.',
    );
  });
});

describe('the reasons', () => {
  it('are in the row of each deployment, except those kept by a waiver', () => {
    expect(findingsForLeader(mixedAudit()).rows.map(({ reason }) => reason)).toEqual([
      'Hosted costs 44% of the rent at any number of replicas.',
      'One replica holds the base load; the peaks are 7% of the hours.',
      'No option costs less than keeping it.',
      '',
      '',
      '',
      '',
    ]);
  });

  it('do not repeat what is missing or what was said above', () => {
    const sure = (audit: Audit) => section(audit, 'How certain the figures are')[0];
    const { stack } = unprovenAudit();
    const audit = anAudit({ stack: { ...stack, reasons: [...stack.missing, 'Only this.'] } });
    expect(sure(audit)).toBe('Confidence: none. Only this.');
    const close = anAudit({
      stack: { verdict: 'too small to act on', reasons: ['It hangs on labor.', 'It is small.'] },
    });
    expect(findingsForLeader(close).why.at(-1)).toBe('It hangs on labor.');
    expect(sure(close)).toBe('Confidence: high. It is small.');
  });
});

/** How the report states what would change the answer, what comes next, and what is committed. */

import { describe, expect, it } from 'vitest';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { aBreakEven, MIXED_BACKTEST, MIXED_FORECAST } from '../support/auditDecisions.ts';
import { aDeployment, anAudit } from '../support/auditFixture.ts';
import { keptAudit, mixedAudit } from '../support/audits.ts';
import { LEADER, findingsForLeader } from '../support/readers.ts';

const find = (audit: Audit, title: string) =>
  buildReportText(findingsForLeader(audit), LEADER).sections.find(
    (candidate) => candidate.title === title,
  );
const lines = (audit: Audit, title: string) => find(audit, title)?.lines ?? [];
const rows = (audit: Audit, title: string) =>
  find(audit, title)?.tables.flatMap((table) => table.rows.map(({ cells }) => cells));

describe('what would change the verdict', () => {
  const title = 'What would change the verdict';

  it('is first the doubt in the sign, then engineering time with its probability', () => {
    expect(lines(mixedAudit(), title).slice(0, 2)).toEqual([
      'The answer hangs on labor and cache hits, at their worst ends together: there the change ' +
        'costs $2,400 more than keeping.',
      'The verdict is "delete" with engineering time (saving $41,214, 96% likely) and ' +
        'without it (saving $39,600, 93% likely).',
    ]);
    expect(lines(mixedAudit(), 'How certain the figures are').join()).not.toContain('hangs on');
  });

  it('is each deployment without engineering time too, and any other verdict', () => {
    const bare = (verdict: 'delete' | 'keep', savingUsd: string) => ({
      verdict,
      savingUsd,
      probability: '0.931000',
    });
    const deployments = [
      aDeployment({ id: 'chat', withoutLabor: bare('delete', '28800.000000') }),
      aDeployment({ id: 'small', spend: 900, withoutLabor: bare('keep', '0.000000') }),
    ];
    expect(lines(anAudit({ deployments }), title)[1]).toBe(
      'Verdicts without engineering time: chat "delete", saving $28,800, 93% likely; small ' +
        '"keep" (with it "delete").',
    );
    const singleDeployment = lines(anAudit({ deployments: deployments.slice(0, 1) }), title);
    expect(singleDeployment.join()).not.toContain('one by one');
  });

  const flips = (audit: Audit) =>
    find(audit, title)?.tables.flatMap((table) =>
      table.rows.map(({ cells, note }) => [...cells, note].join(' | ')),
    ) ?? [];

  it('is the break-evens, nearest first, with today’s value and the distance', () => {
    const all = [
      aBreakEven('utilization', '0.230000', '0.299000'),
      aBreakEven('GPU $/h', '1.500000', '0.410000'),
      aBreakEven('tokens per day', '3900000.000000', '62375784.000000'),
      aBreakEven('hosted $/Mtok', '0.136271', '0.544872'),
      aBreakEven('cache share', '0.000000', '0.400000'),
      aBreakEven('ops hours', '3.000000', '0.000000'),
    ];
    expect(flips(anAudit({ stack: { flips: all } }))).toEqual([
      'Utilization | 23% | 30% | 30% above | ',
      'GPU price | $1.50 | $0.41 an hour | 73% below | ',
      'Tokens a day | 3.9M | 62.4M | 16× | ',
      'Hosted price | $0.136 | $0.545 per Mtok | 4.0× | ',
      'Cache hits at the provider | 0% | 40% | – | ',
    ]);
    expect(find(anAudit({ stack: { flips: all } }), title)?.tables[0]).toMatchObject({
      title: 'Break-even of each input, others unchanged',
      head: ['Input', 'Today', 'Break-even', 'Change to it'],
    });
  });

  it('is the nearest break-even of each of the most expensive too, by name', () => {
    expect(flips(mixedAudit()).slice(5)).toEqual([
      'chat-70b, hosted price | $0.171 | $0.387 per Mtok | 2.3× | ',
      'busy-8b, hosted price | $0.0550 | $0.0210 per Mtok | 62% below | ',
    ]);
  });

  it('for several deployments is the tokens alone, since utilization moves with them', () => {
    const [one, other] = [aDeployment({ id: 'a' }), aDeployment({ id: 'b' })];
    const tokens = aBreakEven('tokens per day', '3900000.000000', '62375784.000000');
    const utilization = aBreakEven('utilization', '0.230000', '0.299000');
    const linesFor = (all: Audit['stack']['flips']) =>
      flips(anAudit({ deployments: [one, other], stack: { flips: all } })).join();
    expect(linesFor([utilization, tokens])).not.toContain('Utilization');
    expect(linesFor([utilization])).toContain('Utilization');
  });

  it('says so if the paid replicas could never serve the break-even tokens', () => {
    const tokens = aBreakEven('tokens per day', '19400000.000000', '995000000.000000');
    const utilization = aBreakEven('utilization', '0.022000', '0.870000');
    const linesFor = (all: Audit['stack']['flips'], known: string | null) => {
      const own = { flips: all, utilization: known };
      const deployments = [aDeployment({ id: 'a', ...own }), aDeployment({ id: 'b', ...own })];
      return flips(anAudit({ deployments, stack: { flips: all } }));
    };
    const figures = 'okens a day | 19.4M | 995M | 51×';
    const beyond = linesFor([tokens], '0.022000');
    expect(beyond).toContain(`T${figures} | more than these replicas can serve`);
    expect(beyond).toContain(`a, t${figures} | more than these replicas can serve`);
    expect(linesFor([tokens, utilization], '0.022000')).toContain(`T${figures} | `);
    expect(linesFor([tokens], null)).toContain(`a, t${figures} | `);
  });

  it("says of a GPU price beyond a contract's fixed one that it holds after the contract", () => {
    const at = (until: string | null, isBeyond: boolean) => {
      const contract = { leastUsdPerHour: '0.750000', until, isBeyond };
      const flip = { ...aBreakEven('GPU $/h', '1.500000', '0.400000'), contract };
      return flips(anAudit({ stack: { flips: [flip] } }))[0];
    };
    const figures = 'GPU price | $1.50 | $0.40 an hour | 73% below | ';
    expect(at('2027-03-31', true)).toBe(`${figures}after the contract ends on Mar 31, 2027`);
    expect(at(null, true)).toBe(`${figures}after the contract ends`);
    expect(at('2027-03-31', false)).toBe(figures);
  });

  it('omits a price of zero, which no provider offers', () => {
    const all = [
      aBreakEven('GPU $/h', '1.500000', '0.000000'),
      aBreakEven('ops hours', '3', '0.000000'),
    ];
    expect(flips(anAudit({ stack: { flips: all } }))).toEqual([
      'Engineering hours | 3 | 0 hours | 100% below | ',
    ]);
  });

  it('is a single deployment’s own break-evens if the plan changes nothing', () => {
    expect(lines(keptAudit(), title)).toEqual([
      'The verdict is to keep, with or without engineering time.',
    ]);
    expect(flips(keptAudit())[0]).toBe('Engineering hours | 135 | 141 hours | 4.7% above | ');
  });
});

describe('the next quarter', () => {
  const title = 'The next quarter';
  const outlookLines = (outlook: Audit['stack']['outlook']) =>
    lines(anAudit({ stack: { outlook } }), title);

  it('is described as the last one, with its trends, and with the break-even date', () => {
    expect(lines(mixedAudit(), title)).toEqual([
      'If traffic and prices stay the same, the plan saves $41,214 again (90% range $4,312 to ' +
        '$71,821 in the next quarter).',
      'If the trends of the deployments to change continue (tokens up 1.2% a week, hosted prices ' +
        'down 0.4% a week), the plan saves $35,120.',
      'If trends continue, the verdict changes on May 17, 2027.',
      'For single deployments, the verdict changes first: bursty-code-32b on Mar 2, 2027, ' +
        'chat-70b on Jun 21, 2027.',
    ]);
  });

  it('says so if the trends change nothing of the plan', () => {
    const { asLast, withTrend } = MIXED_FORECAST;
    if (withTrend === null) throw new Error('the fixture has a trend');
    const same = { ...withTrend, savingUsd: asLast.base ?? '' };
    expect(outlookLines({ ...MIXED_FORECAST, withTrend: same }).join()).toContain(
      'the plan saves the same $41,214.',
    );
  });

  it('has every scenario', () => {
    expect(rows(mixedAudit(), title)).toEqual([
      ['Hosted price −30%', '$52,900', '$58,100'],
      ['Hosted price +30%', '$29,500', '$29,500'],
      ['GPU price −30%', '$18,300', '$19,050'],
      ['GPU price +40%', '$71,900', '$71,900'],
    ]);
  });

  it('says what a GPU rate saves once the contract that fixes a part of it has ended', () => {
    const afterContracts = { savingUsd: '-8155', bestSavingUsd: '1538', until: '2027-03-31' };
    const [first] = MIXED_FORECAST.scenarios;
    if (first === undefined) throw new Error('the fixture has scenarios');
    const scenarios = [{ ...first, name: 'GPU price −30%', afterContracts }];
    const audit = anAudit({ stack: { outlook: { ...MIXED_FORECAST, scenarios } } });
    expect(find(audit, title)?.tables[0]?.rows[0]?.note).toBe(
      'after the contract ends on Mar 31, 2027: this plan saves -$8,155, the cheapest plan ' +
        '$1,538',
    );
  });

  it('says if there is no break-even, no trend, or no figure for one', () => {
    expect(outlookLines({ ...MIXED_FORECAST, flipsOn: null })).toContain(
      'If trends continue, the verdict stays the same for a year.',
    );
    expect(outlookLines({ ...MIXED_FORECAST, withTrend: null, deployments: [] })[1]).toBe(
      'No trend is known, because the weeks are too few or too uneven.',
    );
    expect(outlookLines({ ...MIXED_FORECAST, withTrend: null })[1]).toContain(
      'The saving with trends is unknown',
    );
    expect(outlookLines(null)).toEqual([]);
  });
});

describe('the score of last quarter’s forecast', () => {
  const title = 'Forecast and actual saving';
  const scoreLines = (change: Partial<typeof MIXED_BACKTEST>) =>
    lines(anAudit({ stack: { lookBack: { ...MIXED_BACKTEST, ...change } } }), title);

  it('scores the forecast and each piece of advice', () => {
    expect(lines(mixedAudit(), title)).toEqual([
      'The Q2 2026 audit forecast a saving of $18,400 (90% range $9,100 to $26,900). Measured in ' +
        'this period, the saving of that plan is $20,150, inside that range.',
      'search-rerank: "delete" was advised and done. Saving: forecast $12,300, actual $11,870. ' +
        'Its saving is the difference between the bills, without engineering time.',
      'chat-70b: "right-size" was advised and not done. Saving: forecast $6,100, it would have ' +
        'been $8,280. The change was not made. The saving is what it would have saved.',
      'Where changes were made, the bills fell by $11,870.',
    ]);
  });

  it('says what is unknown, and is missing if nothing is scored', () => {
    const [line] = scoreLines({ measuredUsd: null, isInInterval: null, advice: [] });
    expect(line).toMatch(/\. The actual saving cannot be measured\.$/);
    expect(scoreLines({ isInInterval: false })[0]).toMatch(/, outside that range\.$/);
    const [advice] = MIXED_BACKTEST.advice;
    if (advice === undefined) throw new Error('the fixture has advice');
    const unsure = { ...advice, taken: null, measuredUsd: null, note: '', noteDetails: [] };
    expect(scoreLines({ advice: [unsure] })[1]).toBe(
      'search-rerank: "delete" was advised, and it is unknown whether it was done. ' +
        'Saving: forecast $12,300.',
    );
    expect(scoreLines({ advice: [], realizedUsd: '-70.000000' })).toContain(
      'Where changes were made, the bills rose by $70.00.',
    );
    expect(lines(anAudit(), title)).toEqual([]);
  });
});

describe('what leaving would leave behind', () => {
  it('is what stays committed by month and deployment, and the cost of returning', () => {
    expect(lines(mixedAudit(), 'Commitments')).toEqual([
      'The runpod commitment ends on Dec 31, 2026. $6,000 is committed for the next quarter, ' +
        'used or not. By month: Oct 2026 $2,000, Nov 2026 $2,000, Dec 2026 $2,000. By ' +
        'deployment: chat-70b $4,500, bursty-code-32b $1,500.',
      'Returning to self-hosting would cost about $12,000 of engineering time.',
    ]);
    expect(lines(anAudit(), 'Commitments')).toEqual([]);
  });
});

describe('a step', () => {
  it('keeps its condition, which comes last, however long its action is', () => {
    const id = 'a-name-as-long-as-they-may-be-'.padEnd(60, 'x');
    const text =
      `Switch ${id} off in the 1,548 paid hours of this window without load (in every week ` +
      'Mon–Fri 00:00–07:00 and 18:00–24:00, Sat–Sun all day, UTC), and run at most 10 replicas ' +
      'in the rest, but only together with the rest of the plan: alone its verdict is "keep".';
    const step = { deployment: id, action: 'right-size', text, savingUsd: '1.000000', by: null };
    const audit = anAudit({ stack: { steps: [step as Audit['stack']['steps'][number]] } });
    expect(findingsForLeader(audit).steps[0]?.what).toMatch(/alone its verdict is "keep"$/);
  });
});

describe('rules of thumb', () => {
  const title = 'Method, sources and figure IDs';

  it('are compared with this stack’s own numbers', () => {
    const below = anAudit({ totals: { tokensPerDay: 3_900_000 } });
    expect(lines(below, title)).toContain(
      'The stack serves 3.9M tokens a day, below 10M. The rule of thumb: with fewer than 10M a ' +
        'day, most teams should not self-host.',
    );
    expect(lines(mixedAudit(), title)).toContain(
      'chat-70b: without engineering time, a replica costs less than serverless if its work ' +
        'takes more than 83% of the paid time. Its work takes 23%, so serverless costs less. The ' +
        'rule of thumb is a break-even at 30–40%.',
    );
  });

  it('say that no utilization pays for a pod more expensive per hour than a worker', () => {
    const audit = mixedAudit();
    const expensivePod = {
      ...audit,
      deployments: audit.deployments.map((each) => ({
        ...each,
        options: each.options.map((option) =>
          option.option === 'serverless' && option.detail.breakEvenShare !== undefined
            ? { ...option, detail: { ...option.detail, breakEvenShare: '1.290000' } }
            : option,
        ),
      })),
    };
    const ruleLines = lines(expensivePod, title).filter((line) => line.includes('than serverless'));
    expect(ruleLines).toEqual([
      expect.stringContaining('at any load, without engineering time. Its hour costs 129% of a '),
    ]);
  });
});

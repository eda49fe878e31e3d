/** The copy for last quarter's advice and for inputs: sentences from facts, in any locale. */

import { describe, expect, it, test } from 'vitest';
import {
  effectEnds,
  effectLabel,
  effectName,
  effectRange,
  inputWords,
  scenarioName,
} from '../../src/report/copy/inputs.ts';
import { STORED_FORMAT, toReader } from '../../src/report/locale.ts';
import { parseAmounts } from '../../src/report/sections/storedAmounts.ts';
import { breakEvenText } from '../../src/report/sections/breakEvens.ts';
import { backtestLines } from '../../src/report/sections/backtest.ts';
import { buildReportText } from '../../src/report/reportText.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditSensitivity } from '../../src/verdict/auditDecision.ts';
import type { AdviceNote } from '../../src/verdict/backtest/adviceNote.ts';
import { anAudit } from '../support/auditFixture.ts';
import { MIXED_BACKTEST } from '../support/auditDecisions.ts';
import { mixedAudit } from '../support/audits.ts';
import { LEADER, findingsForLeader, readForLeader } from '../support/readers.ts';

const readable = (text: string) => text.replaceAll('\u00a0', ' ');

/** A source name may look like an amount. It is no figure, wherever it appears. */
test('a message prints the figures of advice in its own locale, and names unchanged', () => {
  const [advice] = MIXED_BACKTEST.advice;
  if (advice === undefined) throw new Error('the fixture has advice');
  const notes: readonly AdviceNote[] = [
    {
      code: 'hour-cost',
      usdPerHour: '1234.500000',
      beforeUsdPerHour: '2000.000000',
      sources: ['$1,500 2026-07-01'],
    },
    { code: 'traffic-changed', changeShare: '0.345000' },
  ];
  const stored = { ...advice, note: 'not read', noteDetails: notes };
  const audit = anAudit({ stack: { lookBack: { ...MIXED_BACKTEST, advice: [stored] } } });
  const lines = backtestLines(readForLeader(audit), toReader('leader', 'de-DE'));
  expect(readable(lines[1] ?? '')).toContain(
    'A replica-hour costs 1.234 $ (billed by $1,500 2026-07-01), compared ' +
      'with 2.000 $ before. Its traffic rose by 34,5 %, so the advice does not ' +
      'explain all of the change.',
  );
});

describe('an input', () => {
  const WEEKS = { code: 'tokens', lowChange: '-0.125000', highChange: '0.500000' } as const;
  const CACHE = {
    code: 'cache-share',
    lowShare: '0.000000',
    baseShare: '0.500000',
    highShare: '1.000000',
  } as const;
  const savings = { savingAtLowUsd: '1.000000', savingAtHighUsd: '2.000000' };

  it('has its bounds in the format of its reader', () => {
    expect(effectEnds(WEEKS, STORED_FORMAT)).toEqual({
      low: '−12.5%',
      base: 'as measured',
      high: '+50%',
    });
    const effect = { input: 'no name', low: '', base: '', high: '', detail: WEEKS, ...savings };
    const german = effectRange(effect, toReader('leader', 'de-DE'));
    expect([german.low, german.high].map(readable)).toEqual(['−12,5 %', '+50 %']);
    expect(effectLabel(effect)).toBe('tokens');
    const change = { code: 'price-change', input: 'gpu-rate', change: '0.400000' } as const;
    expect(scenarioName(change, STORED_FORMAT)).toBe('GPU price +40%');
  });

  it('prints a share of cache hits in percent in a message, as a ratio in an audit', () => {
    expect(effectEnds(CACHE, STORED_FORMAT)).toEqual({ low: '0', base: '0.5', high: '1' });
    const effect = { input: '', low: '', base: '', high: '', detail: CACHE, ...savings };
    expect(effectRange(effect, LEADER)).toEqual({ low: '0%', high: '100%' });
  });

  it('is identified by its code, whatever its name is', () => {
    const flip = {
      input: 'tokens',
      code: 'hosted-price',
      today: '0.500000',
      flipsAt: '1.000000',
      change: '1.000000',
      contract: null,
    } as const;
    expect(breakEvenText(parseAmounts(flip), LEADER)).toBe(
      "hosted price: break-even at $1.00 per Mtok, 2.0× today's $0.500",
    );
  });
});

describe('an audit without codes', () => {
  /** As stored before codes existed. */
  function older(audit: Audit): Audit {
    const text = JSON.stringify(audit, (key, value: unknown) => {
      if (key === 'code' || key === 'noteDetails') return undefined;
      return key === 'detail' && Reflect.has(Object(value), 'code') ? undefined : value;
    });
    return JSON.parse(text.replaceAll('hits at the provider', 'hits at the host')) as Audit;
  }

  it('reads the same as with them', () => {
    const audit = mixedAudit();
    expect(JSON.stringify(older(audit))).not.toContain('"code"');
    // The page's short actions are made from codes. Without codes the stored sentences are used.
    const { actions, ...words } = buildReportText(findingsForLeader(audit), LEADER);
    const { actions: asks, ...olderWords } = buildReportText(
      findingsForLeader(older(audit)),
      LEADER,
    );
    expect(olderWords).toEqual(words);
    expect(asks.listed.map(({ dollars }) => dollars)).toEqual(
      actions.listed.map(({ dollars }) => dollars),
    );
    expect(
      readForLeader(older(audit)).sensitivity.map((each) => effectRange(each, LEADER)),
    ).toEqual(readForLeader(audit).sensitivity.map((each) => effectRange(each, LEADER)));
  });

  it('prints an unknown input by its name, without a unit', () => {
    const { label, amount } = inputWords({ input: 'a\n$/h' });
    expect(label).toBe('a $/h');
    expect(amount({ num: 3n, den: 2n }, LEADER)).toBe('1.5');
    expect(effectName({ code: 'gpu-rate' })).toBe('GPU price');
  });
});

test('an unknown code of a newer version is shown as its stored sentence', () => {
  const [advice] = MIXED_BACKTEST.advice;
  if (advice === undefined) throw new Error('the fixture has advice');
  const noteDetails = [{ code: 'gone' }, { code: 'of-another-day' }] as unknown as AdviceNote[];
  const stored = { ...advice, note: 'it saw another day', noteDetails };
  const audit = anAudit({ stack: { lookBack: { ...MIXED_BACKTEST, advice: [stored] } } });
  expect(backtestLines(readForLeader(audit), LEADER)[1]).toMatch(/It saw another day\.$/);
  const detail = { code: 'weather' } as unknown as NonNullable<AuditSensitivity['detail']>;
  const ends = { low: 'rain', base: 'wind', high: 'sun' };
  const savings = { savingAtLowUsd: '1.000000', savingAtHighUsd: '2.000000' };
  const effect = { input: 'weather', ...ends, detail, ...savings };
  expect(effectLabel(effect)).toBe('weather');
  expect(effectRange(effect, LEADER)).toEqual({ low: 'rain', high: 'sun' });
});

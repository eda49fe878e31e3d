/** Law: for any audit, the leader's report is one page that is read in a minute. */

import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decimal, ONE, sum } from '../../src/domain/exact.ts';
import type { ReportMessage } from '../../src/domain/edition.ts';
import type { StackInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import type { ReportInput } from '../../src/report/input.ts';
import { renderMessage, buildReportParts, type ReportParts } from '../../src/report/report.ts';
import { readForLeader } from '../support/readers.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import { decide } from '../../src/verdict/decide.ts';
import { printAudit } from '../../src/verdict/document/document.ts';
import { readPreviousVerdicts } from '../../src/verdict/judge/previousVerdict.ts';
import { pointRange } from '../economics/stackFixture.ts';
import { ACTING } from '../support/acting.ts';
import { makeMostlyBilled, makeWorld } from '../support/oracle/worlds.ts';
import { type Draw, int, pick } from '../support/oracle/draw.ts';
import { measureReadability, type Readability } from '../support/readability.ts';
import { size } from '../support/size.ts';
import { findListedWords, splitWords } from '../support/voice.ts';

const TIMEOUT_MS = 240_000;

const TEAMS = ['claims', 'support', 'code', 'search', 'legal', 'fraud', 'docs', 'sales'];
const TASKS = ['chat', 'triage', 'review', 'summaries', 'ranking', 'extraction', 'translation'];

/** Realistic names of deployments. */
function nameOf(at: number): string {
  const number = at < 56 ? '' : `-${at}`;
  return `${TEAMS[at % TEAMS.length] ?? ''}-${TASKS[at % TASKS.length] ?? ''}${number}`;
}

function worldOf(draw: Draw): StackInput {
  const most = pick(draw, 1, 2, 4, 4, 8, 20, 60);
  const world = int(draw, 0, 3) === 0 ? makeWorld(draw, most) : makeMostlyBilled(draw, most);
  const { labor } = world;
  const fixed = () => pointRange(String(pick(draw, 0, 1, 8, 60)));
  const empty = int(draw, 0, 15);
  return {
    ...world,
    ...(empty < 2 ? { charges: [] } : {}),
    ...(empty === 1 ? { deployments: [] } : {}),
    labor: {
      ...labor,
      basis: pick(draw, 'assumed', 'measured'),
      hosted: { ...labor.hosted, fixedHours: fixed() },
      selfHosted: { ...labor.selfHosted, fixedHours: fixed() },
    },
  };
}

function auditOf(draw: Draw, world: StackInput, previous?: Audit): ReportInput {
  const economics = weighStack(world);
  const verdict = decide(economics, {
    policy: {
      minProbability: decimal(pick(draw, '0.5', '0.9', '0.9999', '0.9999')),
      minSavingUsd: decimal(pick(draw, '0', '1', '1', '100000')),
      minSavingShare: decimal(pick(draw, '0', '0', '0.15')),
      reversalSavingShare: decimal(pick(draw, '0.3', '5')),
      minCoverage: decimal(pick(draw, '0', '0', '0.5')),
      maxUnattributedShare: pick(draw, ONE, ONE, decimal('0.05')),
      draws: 40,
    },
    chance: seededRandom('law'),
    standings: readPreviousVerdicts(previous),
  });
  const isNamed = int(draw, 0, 1) === 1;
  const { audit, detail } = printAudit({
    economics,
    verdict,
    identity: {
      quarter: pick(draw, '2026-Q3', '2026-Q3', null),
      partial: false,
      asOfMs: Date.UTC(2026, 9, 5),
      runId: '0123456789abcdef',
      inputsDigest: 'd1'.repeat(32),
      codeVersion: '0',
    },
    acting: isNamed ? { ...ACTING, owner: 'ml-platform' } : ACTING,
    sentences: AUDIT_SENTENCES,
    previous,
  });
  return { audit, detail };
}

/** The same with realistic names. */
function named(input: ReportInput): ReportInput {
  const renamed = JSON.stringify(input).replace(
    /\bd(\d{1,2})\b(?!")|(?<=")d(\d{1,2})(?=")/g,
    (_, within, whole) => nameOf(Number(within ?? whole)),
  );
  return JSON.parse(renamed) as ReportInput;
}

interface Made {
  readonly audit: Audit;
  readonly situation: string;
  readonly texts: ReportParts;
  readonly letter: ReportMessage;
  readonly read: Readability;
}

async function make(draw: Draw): Promise<Made> {
  const previous = int(draw, 0, 1) === 0 ? undefined : auditOf(draw, worldOf(draw)).audit;
  const input = named(auditOf(draw, worldOf(draw), previous));
  const isLater = int(draw, 0, 3) === 0;
  const texts = buildReportParts({
    ...input,
    edition: isLater ? 2 : 1,
    ...(isLater ? { corrects: { number: 1, audit: input.audit } } : {}),
    ...(int(draw, 0, 3) === 0 ? { late: { dueMs: 0, madeMs: 86_400_000 } } : {}),
  });
  const { copy, subject, plans, attachments } = texts;
  const letter = await renderMessage({ role: 'leader' }, { copy, subject, plans, attachments });
  const { stack } = input.audit;
  const situation = stack.leaning === null ? readForLeader(input.audit).situation : 'waiting';
  return { audit: input.audit, situation, texts, letter, read: measureReadability(letter) };
}

let worlds: Made[] = [];

beforeAll(async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (draw) => {
      worlds.push(await make(draw));
    }),
    { numRuns: size({ short: 120, full: 1500 }), endOnFailure: true },
  );
}, TIMEOUT_MS);

/** Every world that breaks a bound, with what it printed. */
function expectAll(holds: (made: Made) => boolean, shows: (made: Made) => unknown): void {
  const broken = worlds.filter((made) => !holds(made)).map(shows);
  expect(broken).toEqual([]);
}

/** Text above the rule. */
const top = ({ letter }: Made) => letter.text.slice(0, letter.text.search(/^-+ APPENDIX/m));

describe('the leader’s page', () => {
  test('is made of every kind of verdict, and of up to sixty deployments', () => {
    const seen = new Set(worlds.map(({ situation }) => situation));
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        'change',
        'keep',
        'no evidence',
        'not certain',
        'nothing',
        'too small',
      ]),
    );
    expect([...seen]).toContain('waiting');
    expect(Math.max(...worlds.map(({ audit }) => audit.deployments.length))).toBeGreaterThan(30);
  });

  test('has a subject of at most 110 characters, with the money', () => {
    expectAll(
      ({ texts }) => texts.subject.length <= 110,
      ({ texts }) => texts.subject,
    );
  });

  test('says in at most 25 words what changes, what it saves and how likely', () => {
    expectAll(
      ({ read }) => splitWords(read.headline).length <= 25 && /[^.]\.$/.test(read.headline),
      ({ read }) => read.headline,
    );
    expectAll(
      ({ situation, read, audit }) =>
        situation !== 'change' ||
        (/: saves -?\$[\d,.]+ (?:a quarter \(-?\$[\d,.]+ a year\)|over )/.test(read.headline) &&
          (audit.stack.probability === null || read.headline.endsWith(' likely.')) &&
          audit.deployments.some(({ id }) => read.headline.includes(id))),
      ({ read }) => read.headline,
    );
  });

  test('has at most 60 words and four figures before the first action', () => {
    expectAll(
      ({ read }) => read.opening.words <= 60 && read.opening.figures <= 4,
      (made) => [made.read.opening, top(made)],
    );
  });

  test('is at most 300 words and 30 numbers, with one chart', () => {
    expectAll(
      ({ read }) => read.page.words <= 300 && read.page.numbers <= 30 && read.page.charts <= 1,
      (made) => [made.read.page, top(made)],
    );
  });

  test('has one to five actions, each with an owner, dollars and a deadline', () => {
    expectAll(
      ({ read, situation }) =>
        situation === 'nothing' || (read.actions.length >= 1 && read.actions.length <= 5),
      (made) => top(made),
    );
    const isWhole = ({ owner, dollars, deadline }: Readability['actions'][number]) =>
      owner !== '' && /\$\d|unknown/.test(dollars) && /^[A-Z][a-z]{2} \d+, \d{4}/.test(deadline);
    expectAll(
      ({ read }) => read.actions.every(isWhole),
      ({ read }) => read.actions.filter((action) => !isWhole(action)),
    );
  });

  test('has no word that voice.md replaces, and no evaluation', () => {
    expectAll(
      (made) => findListedWords(top(made)).length === 0,
      (made) => findListedWords(top(made)),
    );
  });

  test('stays below the size at which mail clients cut off, including the appendix', () => {
    expectAll(
      ({ read }) => read.bytes > 1_000 && read.bytes < 90_000,
      ({ read }) => read.bytes,
    );
  });

  test('sums the dollars of its actions to the headline', () => {
    expectAll(
      ({ read, situation }) =>
        situation !== 'change' || read.total === undefined || read.headline.includes(read.total),
      ({ read }) => [read.headline, read.total],
    );
  });

  test('prints a table whose parts sum to its totals, to the dollar', () => {
    expectAll(
      ({ texts }) => texts.copy.page.flatMap(({ tables }) => tables).every(isSummed),
      ({ texts }) => texts.copy.page.flatMap(({ tables }) => tables),
    );
  });

  test('shows range, engineering time and the nearest break-even', () => {
    expectAll(
      (made) =>
        made.situation !== 'change' ||
        (/90% range|not computed|is unknown/.test(top(made)) &&
          /engineering time,? the (?:saving|advice)|unknown/i.test(top(made)) &&
          /If .+ costs? the same|No single input/s.test(top(made))),
      top,
    );
  });
});

function amountOf(cell: string) {
  return decimal(/^(?:\u2013|<.*)$/.test(cell) ? '0' : cell.replace(/[$,]/g, ''));
}

function isSummed({ rows, total = [] }: ReportParts['copy']['sections'][number]['tables'][number]) {
  return total.slice(1).every((printed, at) => {
    const parts = sum(rows.map(({ cells }) => amountOf(cells[at + 1] ?? '')));
    const whole = amountOf(printed);
    return parts.num * whole.den === whole.num * parts.den;
  });
}

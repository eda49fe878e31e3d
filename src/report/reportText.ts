/**
 * Builds the whole report as text, with the leader's page. Subject, text and HTML lay it out.
 */

import type { Audit } from '../verdict/audit.ts';
import { oneLine, shownSentence } from './displayText.ts';
import { fillText, readTemplate } from './template.ts';
import {
  type ActionList,
  ACTIONS_TITLE,
  listActions,
  NO_ACTIONS,
  ownerLine,
} from './sections/actions.ts';
import { correctionTable, type EditionContext, editionNotices } from './sections/correction.ts';
import { numberCount, wordCount } from './sections/headline.ts';
import { identityLines } from './sections/method.ts';
import {
  EDITION_TITLE,
  filledSections,
  type SectionDraft,
  type ReportSection,
  appendixSections,
} from './sections/appendix.ts';
import type { AuditFindings } from './findings.ts';
import type { Reader } from './locale.ts';
import type { ChartPlan } from './charts/chart.ts';
import { listed } from './format.ts';
import { certaintyLines } from './sections/certainty.ts';
import { contractEndLines } from './sections/commitments.ts';
import type { ReportTable } from './sections/table.ts';
import { type AuditReading, COST_PARTS, type CostPart } from './sections/auditReading.ts';
import { COST_PART_NAMES } from './sections/totalCost.ts';

/** A report for any role: one page, a rule, then the appendix. */
export interface PageText {
  /** Line above the headline: `Rent check Q3 2026, edition 2`. */
  readonly kicker: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  /** Notices before the text, one short sentence each: a correction, a delay. */
  readonly notices: readonly string[];
  /** One or two sentences before the actions. */
  readonly lead: readonly string[];
  readonly actions: ActionList;
  /** The rest of the page, in reading order. */
  readonly page: readonly ReportSection[];
  /** The appendix below the rule. Sections without content are left out. */
  readonly sections: readonly ReportSection[];
  readonly identity: readonly string[];
}

export interface ReportText extends PageText {
  /** `Q3 2026`. */
  readonly period: string;
  /** The verdict in the subject line, without the period. */
  readonly finding: string;
  /** Variants with fewer names, for shorter subjects. */
  readonly findings?: readonly string[];
}

/** Builds the report. What an audit of an older version lacks is left out. */
export function buildReportText(
  findings: AuditFindings,
  reader: Reader,
  context: ReportContext = {},
): ReportText {
  const { audit, headline } = findings;
  const { previous, plans = [], notes = [] } = context;
  const kicker = toKicker(audit, context);
  return {
    period: audit.periodName,
    kicker,
    ...headline,
    ...buildLeaderPage(findings, { kicker, ...context }, reader),
    sections: filledSections(
      [editionSection(findings, context, reader), ...appendixSections(findings, previous, reader)],
      new Set(plans.map(({ slot }) => slot)),
    ),
    identity: [
      ...identityLines(audit, reader),
      ...notes.map((each) => shownSentence(each, reader)),
    ],
  };
}

/** The section on a corrected or late edition. Without content for others. */
function editionSection(
  findings: AuditFindings,
  { edition, corrects, late }: ReportContext,
  reader: Reader,
): SectionDraft {
  const title = EDITION_TITLE;
  if (corrects === undefined)
    return { title, sentences: editionNotices(findings, { late }, reader) };
  const { number, moves, changes } = corrects;
  const before = { ...corrects.findings, number };
  return {
    title,
    sentences: editionNotices(findings, { edition, corrects: before, late }, reader),
    tables: correctionTable({ moves, isSame: () => changes.length === 0, isListed: true }, reader),
  };
}

function toKicker(audit: AuditReading, { edition, corrects }: ReportContext): string {
  const kicker = `Rent check ${audit.periodName}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}

export interface ReportContext extends EditionContext {
  readonly previous?: Audit | undefined;
  /** Place and text alternative of each chart. */
  readonly plans?: readonly Pick<ChartPlan, 'slot' | 'alt'>[] | undefined;
}

interface PageParts {
  readonly notices: readonly string[];
  readonly lead: readonly string[];
  readonly actions: ActionList;
  readonly page: readonly ReportSection[];
}

interface PageInput extends ReportContext {
  readonly kicker: string;
}

/** Limits of the page, which can be read in a minute. */
const MOST_NUMBERS = 30;
const MOST_WORDS = 300;

/** Fits as many actions as possible. The appendix lists the others. */
function buildLeaderPage(findings: AuditFindings, input: PageInput, reader: Reader): PageParts {
  const { audit, listed, headline } = findings;
  const { plans = [] } = input;
  const fixed = { notices: shortNotices(findings, input), lead: leadSentence(audit) };
  const heading = [input.kicker, headline.headline];
  const pictures = plans.filter(({ slot }) => slot === 'cost').map(({ alt }) => alt);
  let result: PageParts = { ...fixed, actions: NO_ACTIONS, page: [] };
  for (const [most, detail] of SIZES) {
    const actions = listActions(audit, listed, reader, most);
    result = { ...fixed, actions, page: pageSections(findings, detail, reader) };
    if (isWithinLimits(result, [...heading, ...pictures])) break;
  }
  return result;
}

/** Sizes to try, largest first: number of actions, and level of detail. */
const SIZES: readonly (readonly [most: number, detail: 0 | 1 | 2])[] = [
  [5, 2],
  [5, 1],
  [4, 2],
  [4, 1],
  [3, 2],
  [3, 1],
  [3, 0],
  [2, 0],
  [1, 0],
];

/** Whether the page is within its limits, with texts that stand on it anyway. Titles count too. */
function isWithinLimits(
  { notices, lead, actions, page }: PageParts,
  fixed: readonly string[],
): boolean {
  const text = [
    ...fixed,
    ...notices,
    ...lead,
    ACTIONS_TITLE,
    ...actionTexts(actions),
    ...page.flatMap(({ title, lines, tables }) => [title, ...lines, ...tables.map(tableText)]),
    'Appendix',
  ].join('\n');
  return numberCount(text) <= MOST_NUMBERS && wordCount(text) <= MOST_WORDS;
}

function actionTexts({ listed, more, total, left }: ActionList): string[] {
  return [
    ...listed.map((action) =>
      [action.what, ownerLine(action), action.isSaving ? action.dollars : ''].join(' '),
    ),
    ...[more, total].flatMap((line) =>
      line === undefined ? [] : [`${line.what} ${line.dollars}`],
    ),
    left,
  ];
}

function tableText({ head, rows, total = [], foot }: ReportTable): string {
  return [...head, ...rows.flatMap(({ cells }) => cells), ...total, foot].join(' ');
}

/** Short notices. The appendix has the full ones. */
function shortNotices({ headline }: AuditFindings, { corrects, late }: PageInput): string[] {
  if (corrects === undefined) {
    return late === undefined ? [] : ['This report is late. The appendix states why.'];
  }
  const isSame = corrects.findings.headline.finding === headline.finding;
  const same = isSame ? 'The verdict is the same.' : 'The appendix lists what changed.';
  const what = late === undefined ? 'This edition' : 'This late edition';
  return [`${what} corrects an earlier one. ${same}`];
}

/** Parts of the total cost, and whether engineering time is measured. */
function leadSentence(audit: AuditReading): string[] {
  if (audit.situation === 'nothing' || audit.situation === 'empty') {
    return ['A verdict needs both: what was billed, and the tokens that were served.'];
  }
  const shown = audit.stackCosts.slice(0, 2);
  const parts = COST_PARTS.filter(
    (part) => ALWAYS.has(part) || shown.some((way) => way.parts[part].num !== 0n),
  ).map((part) => (part === 'gpu' ? COST_PART_NAMES.gpu : lowered(COST_PART_NAMES[part])));
  const basis =
    audit.stack.laborBasis === 'measured'
      ? 'Engineering time is measured for self-hosting and assumed for hosted APIs.'
      : 'Engineering time is assumed, not measured.';
  return [`Total cost is ${listed(parts)}. ${basis}`];
}

/** Parts that are always listed, even at $0. */
const ALWAYS: ReadonlySet<CostPart> = new Set(['gpu', 'labor']);

function lowered(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** Sections by level of detail: from 1 with a line on a contract's end, from 2 with prices. */
function pageSections(
  { audit, costs, certainty }: AuditFindings,
  detail: number,
  reader: Reader,
): ReportSection[] {
  const lines = detail > 1 ? certainty : certaintyLines(audit, reader);
  const contracts = detail > 0 ? contractEndLines(audit, reader).slice(0, 1) : [];
  return filledSections([
    { title: `Total cost ${audit.perPeriod}`, slot: 'cost', tables: costs },
    { title: 'How certain this is', lines: [...lines, ...contracts] },
  ]);
}

/** Maximum characters. Email clients cut longer subjects. */
const MOST_CHARACTERS = 110;

type Subject = Pick<ReportText, 'period' | 'finding' | 'findings'>;

/**
 * `Rent check Q3 2026: delete chat, cap code; save $41,200 a quarter (96% likely)`. A later
 * edition: `Rent check Q3 2026, correction (edition 2): …`. A long subject loses names before
 * amounts.
 */
export function renderSubject({ findings, ...copy }: Subject, edition = 1): string {
  const period = edition > 1 ? `${copy.period}, correction (edition ${edition})` : copy.period;
  const template = readTemplate('report.subject.txt').trimEnd();
  const all = [copy.finding, ...(findings ?? [])].map((finding) =>
    fillText(template, { period, finding }),
  );
  const fitting = all.find((subject) => Array.from(subject).length <= MOST_CHARACTERS);
  return oneLine(fitting ?? all.at(-1) ?? '', MOST_CHARACTERS);
}

/**
 * Builds the whole report as text, with the leader's page. Subject, text and HTML lay it out.
 */

import type { Audit } from '../verdict/audit.ts';
import { shownSentence } from './displayText.ts';
import {
  type ActionList,
  ACTIONS_TITLE,
  listActions,
  NO_ACTIONS,
  ownerLine,
} from './sections/actions.ts';
import {
  correctionTable,
  editionNotices,
  type ReadEdition,
  type LateReport,
} from './sections/correction.ts';
import { type MainFigures, mainFigures } from './sections/mainFigures.ts';
import { renderHeadline, numberCount, wordCount } from './sections/headline.ts';
import { identityLines } from './sections/method.ts';
import { type DeploymentRow, deploymentRows } from './sections/deploymentRows.ts';
import {
  EDITION_TITLE,
  filledSections,
  type SectionDraft,
  type ReportSection,
  appendixSections,
} from './sections/appendix.ts';
import { type NumberedStep, numberedSteps } from './sections/steps.ts';
import { whyLines } from './sections/why.ts';
import { listFigures } from './figures/catalog.ts';
import type { AuditFigure } from './figures/figure.ts';
import type { Reader } from './locale.ts';
import type { MaterialChange } from '../verdict/materialChanges.ts';
import type { ChartPlan } from './charts/chart.ts';
import { listed } from './format.ts';
import { certaintyLines } from './sections/certainty.ts';
import { contractEndLines } from './sections/commitments.ts';
import type { ReportTable } from './sections/table.ts';
import { type AuditReading, COST_PARTS, type CostPart } from './sections/auditReading.ts';
import { COST_PART_NAMES, totalCostTable } from './sections/totalCost.ts';

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
  /** Prices, utilization and saving, for chat and the front page. */
  readonly figures: MainFigures;
  readonly why: readonly string[];
  readonly steps: readonly NumberedStep[];
  readonly rows: readonly DeploymentRow[];
}

/** Builds the report. What an audit of an older version lacks is left out. */
export function buildReportText(
  audit: AuditReading,
  reader: Reader,
  context: ReportContext = {},
): ReportText {
  const why = whyLines(audit, reader);
  const steps = numberedSteps(audit, reader);
  const rows = deploymentRows(audit, reader);
  const kicker = toKicker(audit, context);
  const answer = renderHeadline(audit, reader);
  const { plans = [], figures = listFigures(audit, reader) } = context;
  return {
    period: audit.periodName,
    kicker,
    ...answer,
    ...buildLeaderPage(audit, { kicker, headline: answer.headline, ...context }, reader),
    figures: mainFigures(audit, reader),
    why,
    steps,
    rows,
    sections: filledSections(
      [
        editionSection(audit, context, reader),
        ...appendixSections(
          { audit, previous: context.previous, why, steps, rows, figures },
          reader,
        ),
      ],
      new Set(plans.map(({ slot }) => slot)),
    ),
    identity: [
      ...identityLines(audit, reader),
      ...(context.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

/** The section on a corrected or late edition. Without content for others. */
function editionSection(audit: AuditReading, context: ReportContext, reader: Reader): SectionDraft {
  const { corrects, moves = [] } = context;
  const tables =
    corrects === undefined
      ? []
      : correctionTable({ before: corrects.audit, after: audit, moves, isListed: true }, reader);
  return { title: EDITION_TITLE, sentences: editionNotices(audit, context, reader), tables };
}

function toKicker(audit: AuditReading, { edition, corrects }: ReportContext): string {
  const kicker = `Rent check ${audit.periodName}`;
  if (edition === undefined) return kicker;
  return `${kicker}, edition ${edition}${corrects === undefined ? '' : ': a correction'}`;
}

/** What a report states besides its audit. */
export interface ReportContext {
  readonly previous?: Audit | undefined;
  readonly edition?: number | undefined;
  readonly corrects?: ReadEdition | undefined;
  /** Material changes since the corrected edition. */
  readonly moves?: readonly MaterialChange[] | undefined;
  readonly late?: LateReport | undefined;
  readonly notes?: readonly string[] | undefined;
  /** The audit's figures, if they are listed already. */
  readonly figures?: readonly AuditFigure[] | undefined;
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
  readonly headline: string;
}

/** Limits of the page, which can be read in a minute. */
const MOST_NUMBERS = 30;
const MOST_WORDS = 300;

/** Fits as many actions as possible. The appendix lists the others. */
function buildLeaderPage(audit: AuditReading, input: PageInput, reader: Reader): PageParts {
  const { plans = [] } = input;
  const pictures = plans.filter(({ slot }) => slot === 'cost');
  const fixed = {
    notices: shortNotices(audit, input, reader),
    lead: leadSentence(audit),
  };
  let result: PageParts = { ...fixed, actions: NO_ACTIONS, page: [] };
  for (const [most, detail] of SIZES) {
    const actions = listActions(audit, reader, most);
    result = { ...fixed, actions, page: pageSections(audit, detail, reader) };
    if (isWithinLimits({ ...input, ...result }, pictures)) break;
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

/** Whether the page is within its limits. Titles count too. */
function isWithinLimits(
  page: PageParts & Pick<PageInput, 'kicker' | 'headline'>,
  pictures: readonly Pick<ChartPlan, 'alt'>[],
): boolean {
  const { kicker, headline, notices, lead, actions } = page;
  const text = [
    kicker,
    headline,
    ...notices,
    ...lead,
    ACTIONS_TITLE,
    ...actionTexts(actions),
    ...page.page.flatMap(({ title, lines, tables }) => [title, ...lines, ...tables.map(tableText)]),
    ...pictures.map(({ alt }) => alt),
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
function shortNotices(
  audit: AuditReading,
  { corrects, late }: PageInput,
  reader: Reader,
): string[] {
  if (corrects === undefined) {
    return late === undefined ? [] : ['This report is late. The appendix states why.'];
  }
  const [was, is] = [corrects.audit, audit].map((each) => renderHeadline(each, reader).finding);
  const same = was === is ? 'The verdict is the same.' : 'The appendix lists what changed.';
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
function pageSections(audit: AuditReading, detail: number, reader: Reader): ReportSection[] {
  const tables = totalCostTable(audit, reader);
  const contracts = detail > 0 ? contractEndLines(audit, reader).slice(0, 1) : [];
  const lines = [...certaintyLines(audit, reader, detail > 1), ...contracts];
  return filledSections([
    { title: `Total cost ${audit.perPeriod}`, slot: 'cost', tables },
    { title: 'How certain this is', lines },
  ]);
}

/** Builds the leader's page: lead, actions, total cost, and certainty. */

import type { Audit } from '../../verdict/audit.ts';
import type { MaterialChange } from '../../verdict/materialChanges.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { listed } from '../copy/figures.ts';
import { type ActionList, ACTIONS_TITLE, listActions, NO_ACTIONS, ownerLine } from './actions.ts';
import { certaintyLines } from './certainty.ts';
import type { CorrectedEdition, LateReport } from './correction.ts';
import { numberCount, renderHeadline, wordCount } from './headline.ts';
import { completeAudit } from './completeAudit.ts';
import { contractEndLines } from './commitments.ts';
import { perPeriod } from './period.ts';
import { type Situation, findSituation } from './auditReading.ts';
import { section, type ReportSection } from './appendix.ts';
import type { ReportTable } from './table.ts';
import {
  COST_PARTS,
  type CostPart,
  COST_PART_NAMES,
  totalCostTable,
  computeStackCosts,
} from './totalCost.ts';
import type { Reader } from '../locale.ts';

/** What a report states besides its audit. */
export interface ReportContext {
  readonly previous?: Audit | undefined;
  readonly edition?: number | undefined;
  readonly corrects?: CorrectedEdition | undefined;
  /** Material changes since the corrected edition. */
  readonly moves?: readonly MaterialChange[] | undefined;
  readonly late?: LateReport | undefined;
  readonly notes?: readonly string[] | undefined;
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
  readonly situation: Situation;
  readonly kicker: string;
  readonly headline: string;
}

/** Limits of the page, which can be read in a minute. */
const MOST_NUMBERS = 30;
const MOST_WORDS = 300;

/** Fits as many actions as possible. The appendix lists the others. */
export function buildLeaderPage(audit: Audit, input: PageInput, reader: Reader): PageParts {
  const { situation, plans = [] } = input;
  const pictures = plans.filter(({ slot }) => slot === 'cost');
  const fixed = {
    notices: shortNotices(audit, input, reader),
    lead: leadSentence(audit, situation),
  };
  let result: PageParts = { ...fixed, actions: NO_ACTIONS, page: [] };
  for (const [most, detail] of SIZES) {
    const actions = listActions(audit, situation, reader, most);
    result = { ...fixed, actions, page: pageSections(audit, situation, detail, reader) };
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
function shortNotices(audit: Audit, { corrects, late }: PageInput, reader: Reader): string[] {
  if (corrects === undefined) {
    return late === undefined ? [] : ['This report is late. The appendix states why.'];
  }
  const before = completeAudit(corrects.audit);
  const [was, is] = [before, audit].map(
    (each) => renderHeadline(each, findSituation(each), reader).finding,
  );
  const same = was === is ? 'The verdict is the same.' : 'The appendix lists what changed.';
  const what = late === undefined ? 'This edition' : 'This late edition';
  return [`${what} corrects an earlier one. ${same}`];
}

/** Parts of the total cost, and whether engineering time is measured. */
function leadSentence(audit: Audit, situation: Situation): string[] {
  if (situation === 'nothing' || situation === 'empty') {
    return ['A verdict needs both: what was billed, and the tokens that were served.'];
  }
  const shown = computeStackCosts(audit, situation).slice(0, 2);
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
  audit: Audit,
  situation: Situation,
  detail: number,
  reader: Reader,
): ReportSection[] {
  const tables = totalCostTable(audit, situation, reader);
  const contracts = detail > 0 ? contractEndLines(audit, reader).slice(0, 1) : [];
  const lines = [...certaintyLines(audit, situation, reader, detail > 1), ...contracts];
  return [
    ...(tables.length === 0
      ? []
      : [section(`Total cost ${perPeriod(audit, reader)}`, { slot: 'cost', tables })]),
    ...(lines.length === 0 ? [] : [section('How certain this is', { lines })]),
  ];
}

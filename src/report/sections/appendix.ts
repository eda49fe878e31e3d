/** Builds the sections of the leader's appendix, in reading order. */

import type { Audit } from '../../verdict/audit.ts';
import type { ChartSlot } from '../charts/chart.ts';
import { commitmentLines, contractEndLines } from './commitments.ts';
import { breakEvenTable } from './breakEvens.ts';
import { figureIdTable, methodLines, ruleOfThumbLines } from './method.ts';
import { backtestLines, changesSinceLines } from './backtest.ts';
import { optionMatrix, wholeStackTables } from './totalCost.ts';
import { outlookLines, outlookTitle, scenarioTables } from './outlook.ts';
import { type AuditReading, isConclusive, type StackReading } from './auditReading.ts';
import { periodName } from './periodText.ts';
import { dollars, likelyText, orUnknown } from '../format.ts';
import { missingSentences } from './reasons.ts';
import type { DeploymentRow } from './deploymentRows.ts';
import type { AuditFindings } from '../findings.ts';
import type { NumberedStep } from './steps.ts';
import { reliabilityLines } from './reliability.ts';
import type { ReportTable } from './table.ts';
import { waiverLines } from './waivers.ts';
import type { Reader } from '../locale.ts';
import { formatCount } from '../../domain/figures.ts';
import { shownName } from '../displayText.ts';
import { reasonSentence } from '../copy/reasons.ts';
import { factSentence, readAudit } from './completeAudit.ts';
import { breakEvenSentence } from './why.ts';
import type { Verdict } from '../../verdict/auditWord.ts';

/** A section's content, in printing order. Most have one or two kinds. */
export interface ReportSection {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly steps: readonly NumberedStep[];
  readonly rows: readonly DeploymentRow[];
  /** Charts with this slot are placed here. */
  readonly slot: ChartSlot | undefined;
  readonly lines: readonly string[];
  readonly tables: readonly ReportTable[];
}

/** Title of the section on a corrected or late edition. */
export const EDITION_TITLE = 'About this edition';

/** `previous` is the audit of the quarter before. */
export function appendixSections(
  findings: AuditFindings,
  previous: Audit | undefined,
  reader: Reader,
): SectionDraft[] {
  return [...verdictSections(findings, reader), ...evidenceSections(findings, previous, reader)];
}

function verdictSections(
  { audit, why, steps, rows }: AuditFindings,
  reader: Reader,
): SectionDraft[] {
  const missing = isConclusive(audit.situation) ? missingLines(audit.stack, reader) : [];
  const tables = isBlank(audit)
    ? []
    : [...wholeStackTables(audit, reader), ...optionMatrix(audit, reader)];
  return [
    { title: 'Why', sentences: why, slot: 'why' },
    { title: 'Actions in detail', steps, lines: missing },
    {
      title: 'Commitments',
      lines: [
        ...contractEndLines(audit, reader).slice(0, MOST_CONTRACTS),
        ...commitmentLines(audit, reader),
      ],
    },
    {
      title: 'What would change the verdict',
      lines: doubtLines(audit, reader),
      slot: 'doubts',
      tables: isBlank(audit) ? [] : breakEvenTable(audit, reader),
    },
    {
      title: outlookTitle(audit),
      lines: outlookLines(audit, reader),
      tables: scenarioTables(audit, reader),
    },
    { title: 'Deployments', rows, slot: 'deployments', tables },
    { title: 'Spend that is not attributed', lines: unattributedLines(audit, reader) },
  ];
}

const MOST_MISSING = 10;
const MOST_CONTRACTS = 6;

function missingLines(stack: StackReading, reader: Reader): string[] {
  const missing = missingSentences(stack, reader);
  const left = missing.length - MOST_MISSING;
  const more = left > 0 ? [`And ${left} more, in report.json.`] : [];
  return [...missing.slice(0, MOST_MISSING), ...more];
}

function evidenceSections(
  { audit, figures }: AuditFindings,
  previous: Audit | undefined,
  reader: Reader,
): SectionDraft[] {
  const method = [...methodLines(audit, reader), ...ruleOfThumbLines(audit, reader)];
  return [
    {
      title: sinceTitle(audit, previous, reader),
      slot: 'since',
      lines: [
        ...changesSinceLines(previous && readAudit(previous, reader), audit, reader),
        ...backtestLines(audit, reader),
      ],
    },
    { title: 'How certain the figures are', lines: reliabilityLines(audit, reader) },
    { title: 'Waivers to renew', lines: waiverLines(audit, reader) },
    {
      title: 'Method, sources and figure IDs',
      lines: method,
      tables: figureIdTable(figures),
    },
  ];
}

function isBlank({ situation }: AuditReading): boolean {
  return situation === 'nothing' || situation === 'empty';
}

/** `Changes since Q2 2026, forecast and actual saving`. */
function sinceTitle({ stack }: AuditReading, previous: Audit | undefined, reader: Reader): string {
  if (previous === undefined) {
    return stack.lookBack === null
      ? 'Changes since the previous quarter'
      : 'Forecast and actual saving';
  }
  const since = `Changes since ${periodName(previous, reader)}`;
  return stack.lookBack === null ? since : `${since}, forecast and actual saving`;
}

/** A title with the content that its section may have. */
export type SectionDraft = Pick<ReportSection, 'title'> & Partial<ReportSection>;

const EMPTY = { sentences: [], steps: [], rows: [], slot: undefined, lines: [], tables: [] };

/** Sections that have content, or a chart in `charted`. The others are left out. */
export function filledSections(
  drafts: readonly SectionDraft[],
  charted: ReadonlySet<ChartSlot> = NO_CHARTS,
): ReportSection[] {
  return drafts
    .map((draft): ReportSection => ({ ...EMPTY, ...draft }))
    .filter(({ slot, sentences, steps, rows, lines, tables }) => {
      const isCharted = slot !== undefined && charted.has(slot);
      return isCharted || [sentences, steps, rows, lines, tables].some(({ length }) => length > 0);
    });
}

const NO_CHARTS: ReadonlySet<ChartSlot> = new Set();

const MOST_RESOURCES = 5;

export function unattributedLines({ stack }: AuditReading, reader: Reader): string[] {
  const lines = stack.unattributed.flatMap(({ resource, source, name, usd, match }) =>
    resource === null || source === null || match === null
      ? []
      : [
          `${dollars(usd, reader)} for ` +
            `${shownName(name ?? resource)} (${shownName(source)}). ` +
            `Add to the resources of its deployment: ${match}`,
        ],
  );
  const count = stack.unattributed.reduce((all, { resources }) => all + resources, 0);
  const left = count - Math.min(lines.length, MOST_RESOURCES);
  const more = `And ${formatCount(left, 'more resource')}, in report.json.`;
  return [...lines.slice(0, MOST_RESOURCES), ...(left > 0 ? [more] : [])];
}

const MOST_BREAK_EVENS = 3;

/** Lines on what would change the verdict. Empty if there is nothing to decide. */
function doubtLines(audit: AuditReading, reader: Reader): string[] {
  if (isBlank(audit)) return [];
  const { hangsOn, hangsOnDetail } = audit.stack;
  const doubt = { fact: hangsOnDetail ?? undefined, stored: hangsOn ?? '' };
  return [
    ...(hangsOn === null ? [] : [factSentence(doubt, reasonSentence, reader)]),
    ...laborLines(audit, reader),
    ...breakEvens(audit, reader),
  ];
}

/** Break-even volumes of deployments without solved break-evens, which would state the same. */
function breakEvens(audit: AuditReading, reader: Reader): string[] {
  const changing = audit.changes.map(({ deployment }) => deployment);
  const covered = audit.situation === 'change' && changing.length === 1 ? changing : [];
  return audit.mostExpensiveFirst
    .filter((deployment) => !covered.includes(deployment) && deployment.flips.length === 0)
    .map((each) => breakEvenSentence(each, reader))
    .filter((sentence) => sentence !== '')
    .slice(0, MOST_BREAK_EVENS);
}

const MOST_DEPLOYMENTS = 10;

const KEPT: ReadonlySet<Verdict> = new Set(['keep', 'keep (required)']);

/** Lines for the stack, then for each deployment if there are several. */
function laborLines(audit: AuditReading, reader: Reader): string[] {
  return [...stackLine(audit, reader), ...deploymentsLine(audit, reader)];
}

/** Engineering time is the largest cost that is assumed rather than billed. */
function stackLine({ stack }: AuditReading, reader: Reader): string[] {
  const { verdict, savingUsd, probability, withoutLabor } = stack;
  if (savingUsd.base === undefined || withoutLabor.savingUsd === undefined) return [];
  if (KEPT.has(verdict) && KEPT.has(withoutLabor.verdict)) {
    return ['The verdict is to keep, with or without engineering time.'];
  }
  const included = sideText({ verdict, savingUsd: savingUsd.base, probability }, reader);
  const without = sideText(withoutLabor, reader);
  return [
    verdict === withoutLabor.verdict
      ? `The verdict is "${verdict}" with engineering time (${included}) ` +
        `and without it (${without}).`
      : 'The verdict depends on engineering time. ' +
        `With it, the verdict is "${verdict}" (${included}). ` +
        `Without it, the verdict is "${withoutLabor.verdict}" (${without}).`,
  ];
}

type Side = StackReading['withoutLabor'];

/** `saving $41,214, 96% likely`. Keeping has no probability. */
function sideText({ verdict, savingUsd, probability }: Side, reader: Reader): string {
  const likely = KEPT.has(verdict) ? '' : likelyText(probability, reader);
  return `saving ${orUnknown(dollars, savingUsd, reader)}${likely === '' ? '' : `, ${likely}`}`;
}

/** Deployments' verdicts, most expensive first. Empty for audits of older versions. */
function deploymentsLine(audit: AuditReading, reader: Reader): string[] {
  const verdicts = audit.mostExpensiveFirst.flatMap(({ id, verdict, withoutLabor }) => {
    if (withoutLabor === null) return [];
    const other = withoutLabor.verdict === verdict ? '' : ` (with it "${verdict}")`;
    const saves = SAVING.has(withoutLabor.verdict) ? `, ${sideText(withoutLabor, reader)}` : '';
    return [`${shownName(id)} "${withoutLabor.verdict}"${other}${saves}`];
  });
  if (verdicts.length < 2) return [];
  const left = verdicts.length - MOST_DEPLOYMENTS;
  const shown = verdicts.slice(0, MOST_DEPLOYMENTS).join('; ');
  const more = left > 0 ? `; and ${left} more, in report.json` : '';
  return [`Verdicts without engineering time: ${shown}${more}.`];
}

/** Verdicts based on a saving. */
const SAVING: ReadonlySet<Verdict> = new Set([
  'delete',
  'hybrid',
  'serverless',
  'move',
  'right-size',
  'bring-back',
  'too small to act on',
  'not certain enough',
  'too close to call',
]);

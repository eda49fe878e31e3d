/** Builds the sections of the leader's appendix, in reading order. */

import type { Audit } from '../../verdict/audit.ts';
import type { ChartSlot } from '../charts/chart.ts';
import { commitmentLines, contractEndLines } from './commitments.ts';
import { doubtLines } from './doubts.ts';
import { breakEvenTable } from './breakEvens.ts';
import { figureIdTable, methodLines, ruleOfThumbLines } from './method.ts';
import { backtestLines, changesSinceLines } from './backtest.ts';
import { optionMatrix, wholeStackTables } from './wholeStack.ts';
import { outlookLines, outlookTitle, scenarioTables } from './outlook.ts';
import { periodName } from './period.ts';
import { isConclusive, type Situation } from './auditReading.ts';
import { missingSentences } from './reasons.ts';
import type { DeploymentRow } from './deploymentRows.ts';
import type { NumberedStep } from './steps.ts';
import { reliabilityLines } from './reliability.ts';
import type { ReportTable } from './table.ts';
import { waiverLines } from './waivers.ts';
import type { Reader } from '../locale.ts';
import { formatCount } from '../../domain/figures.ts';
import { dollars } from '../format.ts';
import { shownName } from '../displayText.ts';

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

export interface AppendixInput {
  readonly audit: Audit;
  readonly previous: Audit | undefined;
  readonly situation: Situation;
  readonly why: readonly string[];
  readonly steps: readonly NumberedStep[];
  readonly rows: readonly DeploymentRow[];
  /** Slots with a chart, or with its text alternative. */
  readonly charted: ReadonlySet<ChartSlot>;
}

export function appendixSections(input: AppendixInput, reader: Reader): ReportSection[] {
  const sections = [...verdictSections(input, reader), ...evidenceSections(input, reader)];
  return sections.filter((each) => hasContent(each, input.charted));
}

function verdictSections(
  { audit, situation, why, steps, rows }: AppendixInput,
  reader: Reader,
): ReportSection[] {
  const missing = isConclusive(situation) ? missingLines(audit.stack, reader) : [];
  const tables = isBlank(situation)
    ? []
    : [...wholeStackTables(audit, reader), ...optionMatrix(audit, reader)];
  return [
    section('Why', { sentences: why, slot: 'why' }),
    section('Actions in detail', { steps, lines: missing }),
    section('Commitments', {
      lines: [
        ...contractEndLines(audit, reader).slice(0, MOST_CONTRACTS),
        ...commitmentLines(audit, reader),
      ],
    }),
    section('What would change the verdict', {
      lines: doubtLines(audit, situation, reader),
      slot: 'doubts',
      tables: isBlank(situation) ? [] : breakEvenTable(audit, reader),
    }),
    section(outlookTitle(audit, reader), {
      lines: outlookLines(audit, reader),
      tables: scenarioTables(audit, reader),
    }),
    section('Deployments', { rows, slot: 'deployments', tables }),
    section('Spend that is not attributed', { lines: unattributedLines(audit, reader) }),
  ];
}

const MOST_MISSING = 10;
const MOST_CONTRACTS = 6;

function missingLines(stack: Audit['stack'], reader: Reader): string[] {
  const missing = missingSentences(stack, reader);
  const left = missing.length - MOST_MISSING;
  const more = left > 0 ? [`And ${left} more, in report.json.`] : [];
  return [...missing.slice(0, MOST_MISSING), ...more];
}

function evidenceSections(
  { audit, previous, situation }: AppendixInput,
  reader: Reader,
): ReportSection[] {
  const method = [...methodLines(audit, reader), ...ruleOfThumbLines(audit, situation, reader)];
  return [
    section(sinceTitle(audit, previous, reader), {
      slot: 'since',
      lines: [...changesSinceLines(previous, audit, reader), ...backtestLines(audit, reader)],
    }),
    section('How certain the figures are', { lines: reliabilityLines(audit, situation, reader) }),
    section('Waivers to renew', { lines: waiverLines(audit, reader) }),
    section('Method, sources and figure IDs', {
      lines: method,
      tables: figureIdTable(audit, reader),
    }),
  ];
}

function isBlank(situation: Situation): boolean {
  return situation === 'nothing' || situation === 'empty';
}

/** `Changes since Q2 2026, forecast and actual saving`. */
function sinceTitle({ stack }: Audit, previous: Audit | undefined, reader: Reader): string {
  if (previous === undefined) {
    return stack.lookBack === null
      ? 'Changes since the previous quarter'
      : 'Forecast and actual saving';
  }
  const since = `Changes since ${periodName(previous, reader)}`;
  return stack.lookBack === null ? since : `${since}, forecast and actual saving`;
}

/** A section with this content. All other content is empty. */
export function section(
  title: string,
  content: Partial<Omit<ReportSection, 'title'>>,
): ReportSection {
  return {
    title,
    sentences: [],
    steps: [],
    rows: [],
    slot: undefined,
    lines: [],
    tables: [],
    ...content,
  };
}

/** Whether a section has content, or a chart in `charted`. */
export function hasContent(
  { sentences, steps, rows, slot, lines, tables }: ReportSection,
  charted: ReadonlySet<ChartSlot>,
): boolean {
  const isCharted = slot !== undefined && charted.has(slot);
  return isCharted || [sentences, steps, rows, lines, tables].some(({ length }) => length > 0);
}

const MOST_RESOURCES = 5;

export function unattributedLines({ stack }: Audit, reader: Reader): string[] {
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

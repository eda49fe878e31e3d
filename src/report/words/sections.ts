/** Builds the sections of the leader's appendix, in reading order. */

import type { Audit } from '../../verdict/audit.ts';
import type { ChartSlot } from '../charts/chart.ts';
import { contractLines } from './contractLines.ts';
import { doubtsOf } from './doubts.ts';
import { flipTable } from './flips.ts';
import { idTable } from './figureIds.ts';
import { leavingLines } from './leaving.ts';
import { lookBackLines } from './lookBack.ts';
import { methodOf } from './method.ts';
import { optionMatrix } from './optionMatrix.ts';
import { outlookLines, outlookTitle, scenarioTables } from './outlook.ts';
import { periodName } from './period.ts';
import { isActed, type Situation } from './reading.ts';
import { missingSentences } from './reasons.ts';
import type { Row } from './rows.ts';
import { changesSince } from './since.ts';
import type { Step } from './stepLines.ts';
import { surenessOf } from './sureness.ts';
import type { Table } from './table.ts';
import { thumbLines } from './thumbs.ts';
import { unattributedLines } from './unattributed.ts';
import { waiversOf } from './waivers.ts';
import { wholeStackTables } from './wholeStack.ts';
import type { Reader } from '../locale.ts';

/** A section's content, in printing order. Most have one or two kinds. */
export interface Section {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
  /** Charts with this slot are placed here. */
  readonly slot: ChartSlot | undefined;
  readonly lines: readonly string[];
  readonly tables: readonly Table[];
}

/** Title of the section on a corrected or late edition. */
export const EDITION_TITLE = 'About this edition';

export interface Telling {
  readonly audit: Audit;
  readonly previous: Audit | undefined;
  readonly situation: Situation;
  readonly why: readonly string[];
  readonly steps: readonly Step[];
  readonly rows: readonly Row[];
  /** Slots with a chart, or with its text alternative. */
  readonly charted: ReadonlySet<ChartSlot>;
}

export function sectionsOf(input: Telling, reader: Reader): Section[] {
  const sections = [...verdictSections(input, reader), ...evidenceSections(input, reader)];
  return sections.filter((each) => hasContent(each, input.charted));
}

function verdictSections(
  { audit, situation, why, steps, rows }: Telling,
  reader: Reader,
): Section[] {
  const missing = isActed(situation) ? missingLines(audit.stack, reader) : [];
  const tables = isBlank(situation)
    ? []
    : [...wholeStackTables(audit, reader), ...optionMatrix(audit, reader)];
  return [
    section('Why', { sentences: why, slot: 'why' }),
    section('Actions in detail', { steps, lines: missing }),
    section('Commitments', {
      lines: [
        ...contractLines(audit, reader).slice(0, MOST_CONTRACTS),
        ...leavingLines(audit, reader),
      ],
    }),
    section('What would change the verdict', {
      lines: doubtsOf(audit, situation, reader),
      slot: 'doubts',
      tables: isBlank(situation) ? [] : flipTable(audit, reader),
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

function evidenceSections({ audit, previous, situation }: Telling, reader: Reader): Section[] {
  const method = [...methodOf(audit, reader), ...thumbLines(audit, situation, reader)];
  return [
    section(sinceTitle(audit, previous, reader), {
      slot: 'since',
      lines: [...changesSince(previous, audit, reader), ...lookBackLines(audit, reader)],
    }),
    section('How certain the figures are', { lines: surenessOf(audit, situation, reader) }),
    section('Waivers to renew', { lines: waiversOf(audit, reader) }),
    section('Method, sources and figure IDs', { lines: method, tables: idTable(audit, reader) }),
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
export function section(title: string, content: Partial<Omit<Section, 'title'>>): Section {
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
  { sentences, steps, rows, slot, lines, tables }: Section,
  charted: ReadonlySet<ChartSlot>,
): boolean {
  const isCharted = slot !== undefined && charted.has(slot);
  return isCharted || [sentences, steps, rows, lines, tables].some(({ length }) => length > 0);
}

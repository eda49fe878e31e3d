/** Builds an owner's report: the decision on one deployment, its cost, traffic and hours. */

import { type Exact, isZero } from '../../domain/exact.ts';
import type { ChartSlot } from '../charts/chart.ts';
import { DAY_NAMES, meanByBlock, type WeekLoad } from '../charts/weekHours.ts';
import { dollars, percent, tokenCount, percentOf, orUnknown, dayName } from '../format.ts';
import { shownName, shownSentence, capital } from '../displayText.ts';
import type { PageText } from '../reportText.ts';
import { listActions, NO_ACTIONS } from './actions.ts';
import { capacityLine, usageDetailLines } from './usageDetails.ts';
import { certaintyLines } from './certainty.ts';
import {
  correctionTable,
  correctionTitle,
  type EditionContext,
  editionNotices,
} from './correction.ts';
import { findFigureChanges } from '../figures/catalog.ts';
import type { OwnFindings } from '../figures/page.ts';
import { computeFindings } from '../findings.ts';
import { listSteps } from './steps.ts';
import { breakEvenTable } from './breakEvens.ts';
import { commitmentLines } from './commitments.ts';
import { adviceLines } from './backtest.ts';
import { identityLines, serverlessRuleLines } from './method.ts';
import { optionLines, optionTable } from './optionTables.ts';
import { breakEvenDayLines } from './outlook.ts';
import type { AuditReading } from './auditReading.ts';
import { priceText } from './mainFigures.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import { otherReasons } from './reasons.ts';
import { EDITION_TITLE, filledSections, type SectionDraft } from './appendix.ts';
import { coverageLine, warningLines } from './reliability.ts';
import type { ReportTable, ReportTableRow } from './table.ts';
import { waiverLines } from './waivers.ts';
import { whyLines } from './why.ts';
import type { Reader } from '../locale.ts';

export interface OwnerText extends PageText {
  readonly period: string;
  readonly finding: string;
}

/** The material changes of `corrects` are those of this deployment. */
interface OwnerInput extends EditionContext {
  /** The audit of the whole stack. */
  readonly whole: AuditReading;
  readonly own: OwnFindings;
  /** Whether changes.csv is about the same edition. */
  readonly isListed?: boolean | undefined;
  /** Absent if its load is unknown. */
  readonly week?: WeekLoad | undefined;
}

/** Builds the report on one deployment from the audit of the whole stack. */
export function buildOwnerText(input: OwnerInput, reader: Reader): OwnerText {
  const { whole, own, edition, week } = input;
  const { audit, deployment } = own;
  const { situation } = audit;
  const { notices, corrections } = ownCorrection(input, reader);
  const number = edition === undefined ? '' : `, edition ${edition}`;
  const { lead, ...answer } = own.headline;
  const isIdle =
    audit.stack.steps.length === 0 && situation !== 'change' && situation !== 'no evidence';
  return {
    period: whole.periodName,
    kicker: `Rent check ${whole.periodName}${number}: ${shownName(deployment.id)}`,
    ...answer,
    notices,
    lead: isIdle ? [...lead, 'There is nothing to do until the next report.'] : lead,
    actions: isIdle ? NO_ACTIONS : listActions(audit, listSteps(audit, reader), reader),
    page: filledSections(
      [
        { title: 'What was paid and served', tables: [paidTable(whole, deployment, reader)] },
        { title: 'Hours of the week', slot: 'hours' },
        {
          title: 'What would change this decision',
          lines: [...doubtLines(audit, reader), ...dateLines(audit, deployment, reader)],
        },
      ],
      week === undefined ? undefined : HOURS_SLOT,
    ),
    sections: filledSections([
      { title: EDITION_TITLE, tables: corrections },
      ...sectionsOf(whole, audit, week, reader),
    ]),
    identity: [
      ...identityLines(whole, reader),
      ...(input.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

const HOURS_SLOT: ReadonlySet<ChartSlot> = new Set(['hours']);

interface OwnCorrection extends Pick<PageText, 'notices'> {
  readonly corrections: readonly ReportTable[];
}

/** The corrected edition's finding on this deployment, and the differences. */
function ownCorrection(
  { own, edition, late, corrects, isListed = false }: OwnerInput,
  reader: Reader,
): OwnCorrection {
  const lateNotices = editionNotices(own, { late }, reader);
  if (corrects === undefined) return { notices: lateNotices, corrections: [] };
  const { id } = own.deployment;
  const { number, findings, moves } = corrects;
  const before = findings.own.find(({ deployment }) => deployment.id === id);
  if (before === undefined) {
    const what = `${correctionTitle(number, edition)}, which did not cover ${shownName(id)}.`;
    return { notices: [what, ...lateNotices], corrections: [] };
  }
  const isSame = () => {
    const [was, is] = [before, own].map(({ audit }) => computeFindings(audit, reader).figures);
    return findFigureChanges(was ?? [], is ?? []).length === 0;
  };
  return {
    notices: editionNotices(own, { edition, corrects: { ...before, number }, late }, reader),
    corrections: correctionTable({ moves, isSame, isListed }, reader),
  };
}

export const WEEK_TITLE = 'Load by hour of the week';

function sectionsOf(
  whole: AuditReading,
  audit: AuditReading,
  week: WeekLoad | undefined,
  reader: Reader,
): SectionDraft[] {
  const [deployment] = audit.deployments;
  if (deployment === undefined) return [];
  const { id } = deployment;
  return [
    { title: 'Why', sentences: [...whyLines(audit, reader), ...otherReasons(audit, reader)] },
    {
      title: 'The options',
      lines: optionLines(audit, reader),
      tables: [optionTable(deployment, reader)],
    },
    {
      title: 'Break-even and trend',
      lines: breakEvenDayLines(whole, id, reader),
      tables: breakEvenTable(audit, reader),
    },
    { title: WEEK_TITLE, tables: weekTable(week, reader) },
    { title: 'Commitments and return', lines: commitmentLines(audit, reader) },
    { title: 'Previous verdict', lines: adviceLines(whole, id, reader) },
    {
      title: 'How certain the data is',
      lines: [
        coverageLine(audit, reader),
        ...capacityLine(deployment),
        ...warningLines(deployment, reader),
        ...usageDetailLines(deployment, reader),
        ...serverlessRuleLines(audit, reader),
      ],
    },
    { title: 'Waiver to renew', lines: waiverLines(audit, reader) },
  ];
}

/** What was paid, what was served, and what a hosted API would have cost. */
function paidTable(
  audit: AuditReading,
  deployment: DeploymentReading,
  reader: Reader,
): ReportTable {
  const { spendUsd, tokens, hosted, alreadyHosted, effectiveUsdPerMtok, utilization } = deployment;
  const host = hosted === null ? 'a hosted API' : shownName(hosted.host);
  const row = (name: string, text: string, note = ''): ReportTableRow => ({
    cells: [name, text],
    note,
  });
  const money = (usd: Exact | undefined) => orUnknown(dollars, usd, reader);
  const price = (usd: Exact | undefined) => priceText(usd, reader);
  return {
    title: '',
    head: ['Figure', capital(audit.withinPeriod)],
    rows: [
      row('GPU spend', money(spendUsd), idleNote(deployment, reader)),
      ...(alreadyHosted === undefined
        ? []
        : [row('Already bought from hosted APIs', money(alreadyHosted.usd))]),
      row('Tokens served', tokenCount(tokens, reader), unbilledNote(deployment, reader)),
      row('Utilization', orUnknown(percent, utilization, reader)),
      row('Self-hosted, per million tokens', price(effectiveUsdPerMtok)),
      row(`The same tokens from ${host}`, money(hosted?.costUsd)),
      row('Hosted API, per million tokens', price(hosted?.usdPerMtok)),
    ],
    foot: '',
  };
}

/** `$900 of it for idle hours, $500 for under-filled hours`. */
function idleNote(
  { idleUsd, underfilledUsd, uncoveredUsd }: DeploymentReading,
  reader: Reader,
): string {
  const parts = [
    [idleUsd, 'for idle hours'],
    [underfilledUsd, 'for under-filled hours'],
    [uncoveredUsd, 'for time without usage data'],
  ] as const;
  return parts
    .flatMap(([usd, what]) =>
      usd === undefined || isZero(usd) ? [] : [`${dollars(usd, reader)} ${what}`],
    )
    .join(', ');
}

function unbilledNote({ unbilledTokens }: DeploymentReading, reader: Reader): string {
  if (unbilledTokens === 0) return '';
  return `without ${tokenCount(unbilledTokens, reader)} served in time that no bill covers`;
}

/** Lines on certainty. A kept deployment has no saving, so the range is left out. */
function doubtLines(audit: AuditReading, reader: Reader): string[] {
  const lines = certaintyLines(audit, reader);
  return audit.situation === 'keep' ? lines.slice(1) : lines;
}

/** Days on which to decide again. */
function dateLines(
  { stack }: AuditReading,
  { waiver }: DeploymentReading,
  reader: Reader,
): string[] {
  const expires = waiver?.expires ?? null;
  return [
    ...(expires === null
      ? []
      : [
          `The waiver ${waiver?.expired === true ? 'expired' : 'expires'} ` +
            `on ${dayName(expires, reader)}.`,
        ]),
    ...stack.commitments
      .filter(({ remainingUsd }) => !isZero(remainingUsd))
      .slice(0, MOST_DATES)
      .map(({ source, until, noticeBy }) => {
        const ends = `The ${shownName(source)} commitment ends on ${dayName(until, reader)}.`;
        return noticeBy === null ? ends : `${ends} Give notice by ${dayName(noticeBy, reader)}.`;
      }),
  ];
}

const MOST_DATES = 3;

/** The chart's figures as a table, in blocks of three hours. */
function weekTable(week: WeekLoad | undefined, reader: Reader): ReportTable[] {
  if (week === undefined) return [];
  const share = (load: number | undefined) =>
    load === undefined ? '\u2013' : percentOf(load, reader);
  return [
    {
      title: '',
      head: ['Day', ...[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => `${hour}:00`)],
      rows: meanByBlock(week, 3).map((blocks, day) => ({
        cells: [DAY_NAMES[day] ?? '', ...blocks.map(share)],
        note: '',
      })),
      foot:
        week.of === 'capacity'
          ? 'Three hours each, in UTC: tokens as a share of what the paid replicas can serve.'
          : 'Three hours each, in UTC: tokens as a share of the busiest hour.',
    },
  ];
}

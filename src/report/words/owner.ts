/** Builds an owner's report: the decision on one deployment, its cost, traffic and hours. */

import { decimal, type Exact, isZero } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import type { Move } from '../../verdict/moves.ts';
import type { ChartSlot } from '../charts/chart.ts';
import { DAYS, shareText } from '../charts/weekHours.ts';
import { blocksOf, type WeekLoad } from '../charts/weekLoad.ts';
import { capacityBasisOf, capacityBasisText } from '../copy/capacityBasis.ts';
import { dollars, percent, tokenCount, UNKNOWN, usdPerMtok } from '../format.ts';
import { asSentence, shownName, shownSentence } from '../label.ts';
import type { PageWords } from '../words.ts';
import { actionsOf, NO_ACTIONS } from './actions.ts';
import { aloneAudit } from './alone.ts';
import { besideLines } from './beside.ts';
import { certaintyOf } from './certainty.ts';
import { type Corrected, correctionTable, corrective, type Late, noticesOf } from './correction.ts';
import { flipTable } from './flips.ts';
import { leavingLines } from './leaving.ts';
import { adviceOn } from './lookBack.ts';
import { identityOf } from './method.ts';
import { complete } from './older.ts';
import { optionLines, optionTable } from './optionTables.ts';
import { flipDayOf } from './outlook.ts';
import { ownAnswer } from './ownAnswer.ts';
import { dayName, periodName, withinPeriod } from './period.ts';
import { capital } from '../copy/figures.ts';
import { known, type Situation, situationOf } from './reading.ts';
import { otherReasons } from './reasons.ts';
import { EDITION_TITLE, hasContent, section } from './sections.ts';
import { coverageLine, warningLines } from './sureness.ts';
import type { Table, TableRow } from './table.ts';
import { podLines } from './thumbs.ts';
import { waiversOf } from './waivers.ts';
import { whyOf } from './why.ts';
import type { Reader } from '../locale.ts';

export interface OwnerWords extends PageWords {
  readonly period: string;
  readonly finding: string;
}

interface OwnerInput {
  readonly audit: Audit;
  readonly deployment: AuditDeployment;
  readonly edition?: number | undefined;
  readonly late?: Late | undefined;
  readonly corrects?: Corrected | undefined;
  /** Material changes of this deployment since that edition. */
  readonly moves?: readonly Move[] | undefined;
  /** Whether changes.csv is about the same edition. */
  readonly isListed?: boolean | undefined;
  /** Further notes on this message. */
  readonly notes?: readonly string[] | undefined;
  /** Absent if its load is unknown. */
  readonly week?: WeekLoad | undefined;
}

/** Builds the report from a complete audit. */
export function ownerWords(input: OwnerInput, reader: Reader): OwnerWords {
  const { audit: whole, deployment, edition, week } = input;
  const audit = aloneAudit(whole, deployment);
  const situation = situationOf(audit);
  const name = shownName(deployment.id);
  const { notices, corrections } = ownCorrection(audit, input, reader);
  const number = edition === undefined ? '' : `, edition ${edition}`;
  const { lead, ...answer } = ownAnswer(audit, whole, reader);
  const isIdle =
    audit.stack.steps.length === 0 && situation !== 'change' && situation !== 'no evidence';
  return {
    period: periodName(whole, reader),
    kicker: `Rent check ${periodName(whole, reader)}${number}: ${name}`,
    ...answer,
    notices,
    lead: isIdle ? [...lead, 'There is nothing to do until the next report.'] : lead,
    actions: isIdle ? NO_ACTIONS : actionsOf(audit, situation, reader),
    page: [
      section('What was paid and served', { tables: [paidTable(whole, deployment, reader)] }),
      section('Hours of the week', { slot: 'hours' }),
      section('What would change this decision', {
        lines: [...doubtLines(audit, situation, reader), ...dateLines(audit, deployment, reader)],
      }),
    ].filter((each) => hasContent(each, week === undefined ? NO_SLOTS : HOURS_SLOT)),
    sections: [
      section(EDITION_TITLE, { tables: corrections }),
      ...sectionsOf(whole, audit, { situation, week }, reader),
    ].filter((each) => hasContent(each, NO_SLOTS)),
    identity: [
      ...identityOf(whole, reader),
      ...(input.notes ?? []).map((each) => shownSentence(each, reader)),
    ],
  };
}

const HOURS_SLOT: ReadonlySet<ChartSlot> = new Set(['hours']);

/** No charts: here a section needs other content. */
const NO_SLOTS: ReadonlySet<ChartSlot> = new Set();

interface OwnCorrection extends Pick<PageWords, 'notices'> {
  readonly corrections: readonly Table[];
}

/** The corrected edition's finding on this deployment, and the differences. */
function ownCorrection(
  audit: Audit,
  { audit: whole, deployment: { id }, edition, late, corrects, ...rest }: OwnerInput,
  reader: Reader,
): OwnCorrection {
  if (corrects === undefined)
    return { notices: noticesOf(audit, { late }, reader), corrections: [] };
  const { number } = corrects;
  const before = complete(corrects.audit);
  const earlier = before.deployments.find((one) => one.id === id);
  if (earlier === undefined) {
    const what = `${corrective(number, edition)}, which did not cover ${shownName(id)}.`;
    return { notices: [what, ...noticesOf(audit, { late }, reader)], corrections: [] };
  }
  const corrected = { number, audit: aloneAudit(before, earlier) };
  const findings = {
    was: ownAnswer(corrected.audit, before, reader).finding,
    is: ownAnswer(audit, whole, reader).finding,
  };
  return {
    notices: noticesOf(audit, { edition, corrects: corrected, late }, reader, findings),
    corrections: correctionTable(
      {
        before: corrected.audit,
        after: audit,
        moves: rest.moves ?? [],
        isListed: rest.isListed === true,
      },
      reader,
    ),
  };
}

export const WEEK_TITLE = 'Load by hour of the week';

interface AppendixContext {
  readonly situation: Situation;
  readonly week: WeekLoad | undefined;
}

function sectionsOf(
  whole: Audit,
  audit: Audit,
  { situation, week }: AppendixContext,
  reader: Reader,
) {
  const [deployment] = audit.deployments;
  if (deployment === undefined) return [];
  const { id } = deployment;
  return [
    section('Why', {
      sentences: [...whyOf(audit, situation, reader), ...otherReasons(audit, situation, reader)],
    }),
    section('The options', {
      lines: optionLines(audit, reader),
      tables: [optionTable(deployment, reader)],
    }),
    section('Break-even and trend', {
      lines: flipDayOf(whole, id, reader),
      tables: flipTable(audit, reader),
    }),
    section(WEEK_TITLE, { tables: weekTable(week, reader) }),
    section('Commitments and return', { lines: leavingLines(audit, reader) }),
    section('Previous verdict', { lines: adviceOn(whole, id, reader) }),
    section('How certain the data is', {
      lines: [
        coverageLine(audit, reader),
        ...capacityLine(deployment),
        ...warningLines(deployment, reader),
        ...besideLines(deployment, reader),
        ...podLines(audit, reader),
      ],
    }),
    section('Waiver to renew', { lines: waiversOf(audit, reader) }),
  ];
}

function capacityLine(deployment: AuditDeployment): string[] {
  const basis = capacityBasisOf(deployment);
  return basis === null ? [] : [asSentence(`its capacity is ${capacityBasisText(basis)}`)];
}

/** What was paid, what was served, and what a hosted API would have cost. */
function paidTable(audit: Audit, deployment: AuditDeployment, reader: Reader): Table {
  const { spendUsd, tokens, hosted, alreadyHosted, effectiveUsdPerMtok, utilization } = deployment;
  const host = hosted === null ? 'a hosted API' : shownName(hosted.host);
  const row = (name: string, text: string, note = ''): TableRow => ({ cells: [name, text], note });
  const money = (usd: string | null | undefined) =>
    amountText(known(usd), (each) => dollars(each, reader));
  const price = (usd: string | null | undefined) =>
    amountText(known(usd), (each) => usdPerMtok(each, reader));
  return {
    title: '',
    head: ['Figure', capital(withinPeriod(audit, reader))],
    rows: [
      row('GPU spend', money(spendUsd), idleNote(deployment, reader)),
      ...(alreadyHosted === undefined
        ? []
        : [row('Already bought from hosted APIs', money(alreadyHosted.usd))]),
      row('Tokens served', tokenCount(tokens, reader), unbilledNote(deployment, reader)),
      row(
        'Utilization',
        amountText(known(utilization), (each) => percent(each, reader)),
      ),
      row('Self-hosted, per million tokens', price(effectiveUsdPerMtok)),
      row(`The same tokens from ${host}`, money(hosted?.costUsd)),
      row('Hosted API, per million tokens', price(hosted?.usdPerMtok)),
    ],
    foot: '',
  };
}

function amountText(value: Exact | undefined, text: (value: Exact) => string): string {
  return value === undefined ? UNKNOWN : text(value);
}

/** `$900 of it for idle hours, $500 for under-filled hours`. */
function idleNote(
  { idleUsd, underfilledUsd, uncoveredUsd }: AuditDeployment,
  reader: Reader,
): string {
  const parts = [
    [known(idleUsd), 'for idle hours'],
    [known(underfilledUsd), 'for under-filled hours'],
    [known(uncoveredUsd), 'for time without usage data'],
  ] as const;
  return parts
    .flatMap(([usd, what]) =>
      usd === undefined || isZero(usd) ? [] : [`${dollars(usd, reader)} ${what}`],
    )
    .join(', ');
}

function unbilledNote({ unbilledTokens }: AuditDeployment, reader: Reader): string {
  if (unbilledTokens === 0) return '';
  return `without ${tokenCount(unbilledTokens, reader)} served in time that no bill covers`;
}

/** Lines on certainty. A kept deployment has no saving, so the range is left out. */
function doubtLines(audit: Audit, situation: Situation, reader: Reader): string[] {
  const lines = certaintyOf(audit, situation, reader);
  return situation === 'keep' ? lines.slice(1) : lines;
}

/** Days on which to decide again. */
function dateLines({ stack }: Audit, { waiver }: AuditDeployment, reader: Reader): string[] {
  const expires = waiver?.expires ?? null;
  return [
    ...(expires === null
      ? []
      : [
          `The waiver ${waiver?.expired === true ? 'expired' : 'expires'} ` +
            `on ${dayName(expires, reader)}.`,
        ]),
    ...stack.commitments
      .filter(({ remainingUsd }) => !isZero(decimal(remainingUsd)))
      .slice(0, MOST_DATES)
      .map(({ source, until, noticeBy }) => {
        const ends = `The ${shownName(source)} commitment ends on ${dayName(until, reader)}.`;
        return noticeBy === null ? ends : `${ends} Give notice by ${dayName(noticeBy, reader)}.`;
      }),
  ];
}

const MOST_DATES = 3;

/** The chart's figures as a table, in blocks of three hours. */
function weekTable(week: WeekLoad | undefined, reader: Reader): Table[] {
  if (week === undefined) return [];
  const share = (load: number | undefined) =>
    load === undefined ? '\u2013' : shareText(load, reader);
  return [
    {
      title: '',
      head: ['Day', ...[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => `${hour}:00`)],
      rows: blocksOf(week, 3).map((blocks, day) => ({
        cells: [DAYS[day] ?? '', ...blocks.map(share)],
        note: '',
      })),
      foot:
        week.of === 'capacity'
          ? 'Three hours each, in UTC: tokens as a share of what the paid replicas can serve.'
          : 'Three hours each, in UTC: tokens as a share of the busiest hour.',
    },
  ];
}

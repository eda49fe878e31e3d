/** Renders a whole edition from one audit: messages, page, text, charts and tables. */

import { type ChartPlan, drawCharts } from './charts/chart.ts';
import { chartFile, chartFiles, textFile, attachable, dataFiles, tooLargeNotes } from './files.ts';
import { renderHtml, toFileHtml } from './html.ts';
import type {
  ReportBrief,
  ReportFile,
  ReportMessage,
  MessageCorrection,
} from '../domain/edition.ts';
import type { ReportInput } from './input.ts';
import { renderText } from './text.ts';
import { type PageText, buildReportText, type ReportText } from './reportText.ts';
import { ZERO } from '../domain/exact.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDeployment } from '../verdict/auditDeployment.ts';
import { findMaterialChanges, type MaterialChange } from '../verdict/materialChanges.ts';
import { planCharts } from './charts/chartPlans.ts';
import { computeWeekLoad, planWeekHoursChart } from './charts/weekHours.ts';
import { chartFigures, listFigures } from './figures/catalog.ts';
import type { ReadEdition, CorrectedEdition } from './sections/correction.ts';
import { buildFinanceText } from './sections/finance.ts';
import { readAudit } from './sections/completeAudit.ts';
import { buildOwnerText, type OwnerText, WEEK_TITLE } from './sections/owner.ts';
import { type Reader, toReader } from './locale.ts';
import { oneLine } from './displayText.ts';
import { fillText, readTemplate } from './template.ts';
import type { AuditReading } from './sections/auditReading.ts';

export interface Report {
  readonly subject: string;
  /** The verdict in one sentence. */
  readonly headline: string;
  readonly brief: ReportBrief;
  /** Messages for the leader, for finance, and for each deployment in `owners`. */
  readonly letters: readonly ReportMessage[];
  readonly files: readonly ReportFile[];
  /** Every printable figure by id: `stack.saving`, `chat-70b.utilization`. */
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

/**
 * Renders the report. The same input gives the same bytes: it uses no clock, network or browser.
 */
export async function renderReport(input: ReportInput): Promise<Report> {
  const texts = buildReportParts(input);
  const { subject, words, brief, data, attachments, figures, plans, owners } = texts;
  const corrects = pickCorrection(texts);
  // Other threads draw the pictures while this one renders the pages.
  const [pictures, leader, finance, ...own] = await Promise.all([
    drawCharts([...plans, ...owners.flatMap((owner) => owner.plans)]),
    renderMessage({ role: 'leader', ...corrects }, { words, subject, plans, attachments }),
    financeLetter(texts),
    ...owners.map((owner) => ownerLetter(owner, attachments)),
  ]);
  return {
    subject,
    headline: words.headline,
    brief,
    letters: [leader, finance, ...own],
    files: [
      textFile('report.html', toFileHtml(leader.html, plans)),
      textFile('report.txt', leader.text),
      ...data,
      ...chartFiles(pictures),
    ],
    figures,
  };
}

function pickCorrection({
  corrects,
}: Pick<ReportParts, 'corrects'>): Pick<ReportMessage, 'corrects'> {
  return corrects === undefined ? {} : { corrects };
}

function financeLetter(texts: ReportParts): Promise<ReportMessage> {
  const { finance, subject } = texts;
  const recipient = { role: 'finance', ...pickCorrection(texts) } as const;
  const attachments = texts.attachments.filter((name) => name.endsWith('.csv'));
  return renderMessage(recipient, { words: finance, subject, plans: [], attachments });
}

const OWNER_FILES: readonly string[] = ['options.csv', 'report.json'];
const CHANGES_FILE = 'changes.csv';

/** An owner's message. Its picture shows this deployment only. */
function ownerLetter(owner: OwnerParts, attached: readonly string[]): Promise<ReportMessage> {
  const { deployment, subject, words, plans, isListed } = owner;
  const files = isListed ? [...OWNER_FILES, CHANGES_FILE] : OWNER_FILES;
  const attachments = files.filter((name) => attached.includes(name));
  const recipient = { role: 'owner', deployment, ...pickCorrection(owner) } as const;
  return renderMessage(recipient, { words, subject, plans, attachments });
}

interface MessageContent {
  readonly words: PageText;
  readonly subject: string;
  /** All plans, with or without a picture. */
  readonly plans: readonly ChartPlan[];
  readonly attachments: readonly string[];
}

/** Renders a page as text and HTML, with the file names of its pictures. */
export async function renderMessage(
  recipient: Pick<ReportMessage, 'role' | 'deployment' | 'corrects'>,
  { words, subject, plans, attachments }: MessageContent,
): Promise<ReportMessage> {
  return {
    ...recipient,
    subject,
    text: renderText(words, plans),
    html: await renderHtml({ words, subject, charts: plans }),
    pictures: plans
      .filter(({ spec }) => spec !== undefined)
      .map((plan) => ({ cid: plan.id, file: chartFile(plan) })),
    attachments,
  };
}

export interface ReportParts {
  readonly subject: string;
  readonly words: ReportText;
  readonly plans: readonly ChartPlan[];
  readonly finance: PageText;
  readonly owners: readonly OwnerParts[];
  /** Correction that the messages to leaders and finance make. */
  readonly corrects?: MessageCorrection;
  readonly brief: ReportBrief;
  readonly data: readonly ReportFile[];
  /** Names of the attached data files. */
  readonly attachments: readonly string[];
  readonly figures: readonly { readonly id: string; readonly text: string }[];
}

export interface OwnerParts {
  readonly deployment: string;
  readonly subject: string;
  readonly words: OwnerText;
  readonly plans: readonly ChartPlan[];
  readonly corrects?: MessageCorrection;
  /** Whether changes.csv is about the edition that this message corrects. */
  readonly isListed: boolean;
}

/** Builds the texts of all messages, the chart plans and the data files. */
export function buildReportParts(input: ReportInput): ReportParts {
  const reader = toReader('leader', input.format?.locale);
  const audit = readAudit(input.audit, reader);
  const corrects = input.corrects && readEdition(input.corrects, reader);
  const history = (input.history ?? []).map((each) => readAudit(each, reader));
  const { detail, previous, edition, late, notes } = input;
  const moves = movesSince(input.corrects, input);
  const plans = planCharts({ audit, detail, history }, reader);
  const figures = listFigures(audit, reader);
  const corrected = corrects?.audit;
  const data = dataFiles({ stored: input.audit, audit, corrected, figures, plans }, reader);
  const attachments = data.map(({ name }) => name).filter((name) => attachable(data).has(name));
  const tooLarge = tooLargeNotes(data, reader);
  const context = { previous, edition, corrects, moves, late, figures, plans };
  const words = buildReportText(audit, reader, {
    ...context,
    notes: [...(notes ?? []), ...tooLarge],
  });
  const subject = renderSubject(words, edition);
  const owners = findOwned(audit, input.owners ?? []).map((deployment) =>
    composeOwner(
      audit,
      deployment,
      { ...input, notes: tooLarge, corrected: corrects },
      { ...reader, role: 'owner' },
    ),
  );
  return {
    subject,
    words,
    plans,
    ...letterCorrection(corrects, moves),
    finance: buildFinanceText(audit, words, attachments, { ...reader, role: 'finance' }),
    owners,
    brief: buildBrief(words, subject),
    data,
    attachments,
    figures: [...figures, ...chartFigures(plans), ...owners.flatMap(weekFigures)].map(
      ({ id, text }) => ({ id, text }),
    ),
  };
}

function readEdition({ number, audit }: CorrectedEdition, reader: Reader): ReadEdition {
  return { number, audit: readAudit(audit, reader) };
}

/** Audited deployments among those of `owners`. */
function findOwned({ deployments }: Audit, owners: readonly string[]): AuditDeployment[] {
  return deployments.filter(({ id }) => owners.includes(id));
}

function composeOwner(
  audit: AuditReading,
  deployment: AuditDeployment,
  input: ReportInput & { readonly corrected: ReadEdition | undefined },
  reader: Reader,
): OwnerParts {
  const { edition, late, detail, notes } = input;
  const { id } = deployment;
  const own = input.correctsOwners?.get(id);
  const corrects = own ?? input.corrects;
  const corrected = own === undefined ? input.corrected : readEdition(own, reader);
  const isListed = corrects?.number === input.corrects?.number;
  const moves = movesSince(corrects, input).filter((move) => move.deployment === id);
  const context = { edition, late, corrects: corrected, moves, isListed, notes };
  const week = computeWeekLoad(detail.load.find((load) => load.deployment === id));
  const words = buildOwnerText({ audit, deployment, week, ...context }, reader);
  const plan = planWeekHoursChart(id, week, reader);
  return {
    deployment: id,
    isListed,
    ...letterCorrection(corrects, moves),
    subject: renderSubject(words, edition),
    words,
    plans: plan.spec === undefined ? [] : [{ ...plan, filename: ownerChartFile(plan, id) }],
  };
}

/** Figures of the weekly load. The picture and its table share an id. */
function weekFigures({ deployment, words }: OwnerParts) {
  const tables = words.sections.flatMap(({ title, tables }) =>
    title === WEEK_TITLE ? tables : [],
  );
  return tables.map(({ rows }) => ({
    id: `chart.${deployment}/week-hours`,
    text: rows.flatMap(({ cells }) => cells).join(' '),
  }));
}

/** Material changes since the corrected edition. Empty for a first edition. */
function movesSince(
  corrects: CorrectedEdition | undefined,
  { audit, minMoveUsd }: ReportInput,
): MaterialChange[] {
  if (corrects === undefined) return [];
  return findMaterialChanges(corrects.audit, audit, minMoveUsd ?? ZERO);
}

function letterCorrection(
  corrects: Pick<CorrectedEdition, 'number'> | undefined,
  moves: readonly MaterialChange[],
): { readonly corrects?: MessageCorrection } {
  if (corrects === undefined) return {};
  return { corrects: { edition: corrects.number, isMaterial: moves.length > 0 } };
}

/** File name in the deployment's folder: `chat-70b/week-hours.png`. */
function ownerChartFile({ filename }: ChartPlan, deployment: string): string {
  const folder = deployment.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '-');
  return `${folder}/${filename}`;
}

/** Maximum characters. Email clients cut longer subjects. */
const MOST_CHARACTERS = 110;

type Subject = Pick<ReportText, 'period' | 'finding' | 'findings'>;

/**
 * `Rent check Q3 2026: delete chat, cap code; save $41,200 a quarter (96% likely)`. A later
 * edition: `Rent check Q3 2026, correction (edition 2): …`. A long subject loses names before
 * amounts.
 */
export function renderSubject({ findings, ...words }: Subject, edition = 1): string {
  const period = edition > 1 ? `${words.period}, correction (edition ${edition})` : words.period;
  const template = readTemplate('report.subject.txt').trimEnd();
  const all = [words.finding, ...(findings ?? [])].map((finding) =>
    fillText(template, { period, finding }),
  );
  const fitting = all.find((subject) => Array.from(subject).length <= MOST_CHARACTERS);
  return oneLine(fitting ?? all.at(-1) ?? '', MOST_CHARACTERS);
}

const MOST_ACTIONS = 3;

function buildBrief({ headline, figures, actions }: ReportText, subject: string): ReportBrief {
  return {
    title: subject,
    headline,
    figures: figures.map(({ label, value }) => ({ label, value })),
    steps: actions.listed
      .slice(0, MOST_ACTIONS)
      .map(
        ({ what, owner, dollars, deadline }) =>
          `${what}: ${dollars} (owner: ${owner}, due: ${deadline})`,
      ),
  };
}

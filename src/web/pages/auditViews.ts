/**
 * The views of an audit: the front page, a deployment's page, and the sections, tables and charts
 * that both show.
 */

import type { PageChart } from '../../report/charts/webCharts.ts';
import { counted } from '../../report/format.ts';
import type {
  DeploymentPage,
  PageDeployment,
  PageFigure,
  PageWarning,
  StackPage,
} from '../../report/webPages.ts';
import type { ReportSection } from '../../report/sections/appendix.ts';
import type { PageAudit } from '../facts/audits.ts';
import { html, htmlTable, Markup, notice, renderInstant } from '../html.ts';
import { deploymentPath } from '../layout.ts';
import { type DueNotice, renderDueNotice } from './archiveViews.ts';
import { renderQuarter } from './jobText.ts';
import type { Reader } from '../../report/locale.ts';
import type { ActionList } from '../../report/sections/actions.ts';
import type { ReportTable } from '../../report/sections/table.ts';

export interface FrontPageView extends DueNotice {
  readonly answered: PageAudit;
  readonly answer: StackPage;
  /** The charts, or a sentence that says why they cannot be drawn. */
  readonly charts: readonly PageChart[] | string;
  readonly rejects: number;
}

/** The front page before the first audit. */
export function renderEmptyFrontPage(due: DueNotice, reader: Reader): Markup {
  return html`<h1>No verdict yet</h1>
${renderDueNotice(due, reader).text}
<p class="empty">No quarter has been audited yet. To have one now, <a href="/rerun">run a
quarter</a>.</p>`;
}

export function renderFrontPage(view: FrontPageView, reader: Reader): Markup {
  const { answered, answer, charts } = view;
  const due = renderDueNotice(view, reader);
  const { headline, notices, lead, actions, page } = answer.copy;
  return html`${crumb(answered, reader)}
${due.isUrgent && due.text}
<h1 class="answer">${answered.edition?.headline ?? headline}</h1>
${pending(answered)}
${notices.map((text) => notice('watch', html`<p>${text}</p>`))}
${renderFigures(answer.money)}
<p class="prose">${lead.join(' ')}</p>
<h2>What to do</h2>
${renderActions(actions)}
${page.map((section) => renderSection(section, slotPicture(section, charts)))}
<h2>Trend of the quarters</h2>
${picture(charts, 'quarters')}
<h2>Deployments</h2>
${deploymentTable(view, reader)}
${!due.isUrgent && due.text}
${links(view, reader)}`;
}

function crumb({ edition, record }: PageAudit, reader: Reader): Markup {
  if (edition === undefined) {
    const quarter = renderQuarter(record.quarter ?? '');
    return html`<p class="crumb">Audit of ${quarter}, not yet a report</p>`;
  }
  const { id, quarter, number, frozenAtMs } = edition;
  return html`<p class="crumb"><a href="/reports/${id}">Report ${renderQuarter(quarter)},
edition ${number}</a>, made ${renderInstant(frozenAtMs, reader)}</p>`;
}

function pending({ pendingQuarter: quarter }: PageAudit): Markup | undefined {
  if (quarter === undefined) return undefined;
  return notice(
    'watch',
    html`<p>${renderQuarter(quarter)} has been audited and has no report yet.
<a href="/rerun?job=report&amp;quarter=${quarter}">Make the report</a>.</p>`,
  );
}

function renderFigures(figures: readonly PageFigure[]): Markup {
  const items = figures.map(
    ({ id, label, value, note }) => html`<div id="figure-${id}"><dt>${label}${
      note !== '' && html` <span class="sub">${note}</span>`
    }</dt><dd>${value}</dd></div>
`,
  );
  return html`<dl class="figures">
${items}</dl>`;
}

function slotPicture({ slot }: ReportSection, charts: FrontPageView['charts']): Markup | undefined {
  return slot === 'cost' ? picture(charts, 'total-cost') : undefined;
}

function picture(charts: FrontPageView['charts'], name: string): Markup | undefined {
  if (typeof charts === 'string') return html`<p class="empty">${charts}</p>`;
  const chart = charts.find((each) => each.name === name);
  return chart && renderChart(chart);
}

function deploymentTable({ answer, answered }: FrontPageView, reader: Reader): Markup {
  const { deployments, notAttributed, spend } = answer;
  if (deployments.length === 0) return html`<p class="empty">No deployment was audited.</p>`;
  return htmlTable({
    caption: 'Deployments, highest spend first',
    columns: [
      { name: 'Deployment' },
      { name: 'Verdict' },
      { name: 'Self-hosted $/Mtok', numeric: true },
      { name: 'Hosted $/Mtok', numeric: true },
      { name: 'Utilization', numeric: true },
      { name: 'Warnings' },
      { name: 'Spend', numeric: true },
    ],
    rows: [
      ...deployments.map((each) => deploymentRow(each, answered.edition?.id, reader)),
      ...(notAttributed === '' ? [] : [['Not attributed', '', '', '', '', '', notAttributed]]),
    ],
    total: ['Total', '', '', '', '', '', spend],
  });
}

function deploymentRow(deployment: PageDeployment, edition: string | undefined, reader: Reader) {
  const { id, name, model, decision, selfHosted, hosted, utilization, warnings, spend } =
    deployment;
  const path = deploymentPath(id, edition);
  return [
    html`<a href="${path}">${name}</a> <span class="sub">${model}</span>`,
    decision,
    selfHosted,
    hosted,
    utilization,
    warnings === 0
      ? 'none'
      : html`<a href="${path}#warnings">${counted(warnings, 'warning', reader)}</a>`,
    spend,
  ];
}

function links(
  { answered: { edition, record }, answer, rejects }: FrontPageView,
  reader: Reader,
): Markup {
  const warnings = answer.warnings.length + answer.missing.length;
  const report =
    edition === undefined
      ? html`<li><a href="/reports">All reports</a></li>`
      : html`<li><a href="/reports/${edition.id}">The report as it was sent</a></li>
<li><a href="/reports">All reports</a></li>`;
  return html`<h2>More</h2>
<ul class="links">
${report}
<li><a href="/charts">All charts of ${renderQuarter(record.quarter ?? 'this audit')}</a></li>
<li><a href="/warnings">${counted(warnings, 'warning', reader)}</a></li>
<li><a href="/rejects">${counted(rejects, 'rejected row', reader)}</a></li>
<li><a href="/sources">Sources</a></li>
<li><a href="/due">Due work</a></li>
</ul>`;
}

/** A table of actions, each with owner, deadline and dollars. */
function renderActions({ listed, more, total, left }: ActionList): Markup {
  if (listed.length === 0) return html`<p class="empty">There is nothing to do.</p>`;
  const rows = listed.map(({ what, owner, dollars, deadline }) => [what, owner, deadline, dollars]);
  const rest = more === undefined ? [] : [[more.what, '', '', more.dollars]];
  return html`${htmlTable({
    caption: 'What to do, with owner, deadline and dollars',
    columns: [
      { name: 'Action' },
      { name: 'Owner' },
      { name: 'Deadline' },
      { name: 'Dollars', numeric: true },
    ],
    rows: [...rows, ...rest],
    total: total && [total.what, '', '', total.dollars],
  })}
${left !== '' && html`<p class="hint">${left}</p>`}`;
}

/** A section without its deployment rows, which pages show in a separate table. */
function renderSection(section: ReportSection, charts?: Markup): Markup {
  const { title, sentences, steps, lines, tables } = section;
  const isEmpty = [sentences, steps, lines, tables].every(({ length }) => length === 0);
  if (isEmpty && charts === undefined) return html``;
  return html`<h2>${title}</h2>
${sentences.length > 0 && html`<p class="prose">${sentences.join(' ')}</p>`}
${steps.length > 0 && stepTable(section)}
${lines.length > 0 && html`<ul class="prose">${lines.map((text) => html`<li>${text}</li>`)}</ul>`}
${charts}
${tables.map((each) => wordsTable(each, title))}`;
}

function stepTable({ title, steps }: ReportSection): Markup {
  return htmlTable({
    caption: title,
    columns: [{ name: 'Step' }, { name: 'Dollars', numeric: true }],
    rows: steps.map(({ mark, what, worth }) => [mark === '' ? what : `${mark}. ${what}`, worth]),
  });
}

/** A table of rendered text; a note is shown below the name of its row. */
function wordsTable({ title, head, rows, total, isWords, foot }: ReportTable, caption: string) {
  const numeric = isWords !== true;
  return html`${title !== '' && html`<h3>${title}</h3>`}
${htmlTable({
  caption: title === '' ? caption : title,
  columns: head.map((name, at) => ({ name, numeric: numeric && at > 0 })),
  rows: rows.map(({ cells: [first = '', ...others], note }) => [
    note === '' ? first : html`${first} <span class="sub">${note}</span>`,
    ...others,
  ]),
  total,
})}
${foot !== '' && html`<p class="hint">${foot}</p>`}`;
}

/** A chart with focusable marks and its data as a table; only its title if it is empty. */
function renderChart({ name, title, svg, table: data, alt }: PageChart): Markup {
  if (svg === undefined) return html`<p class="empty">${title}.</p>`;
  const figures = data === undefined ? html`<p>${alt}</p>` : wordsTable(data, title);
  return html`<figure class="chart" id="chart-${name}">
<div class="sheet" role="group" aria-label="${title}">
${new Markup(svg)}
<p class="tip" aria-hidden="true" hidden></p>
</div>
<details><summary>Data of this chart</summary>
${figures}</details>
</figure>`;
}

export interface DeploymentPageView {
  readonly answered: PageAudit;
  readonly deployment: DeploymentPage;
  readonly charts: readonly PageChart[] | string;
}

export function renderDeploymentPage({ answered, deployment, charts }: DeploymentPageView): Markup {
  const { name, model, copy, figures } = deployment;
  return html`${deploymentCrumb(answered, name)}
<h1>${name}</h1>
<p class="lead">${model}</p>
<p class="answer">${copy.headline}</p>
${renderFigures(figures)}
<h2>What to do</h2>
${renderActions(copy.actions)}
${warningPart(deployment)}
<h2>Charts</h2>
${renderCharts(charts)}
${copy.sections.map((section) => renderSection({ ...section, steps: [] }))}`;
}

function deploymentCrumb({ edition, record }: PageAudit, name: string): Markup {
  const quarter = renderQuarter(record.quarter ?? 'this audit');
  const from =
    edition === undefined
      ? html`<a href="/">${quarter}</a>`
      : html`<a href="/reports/${edition.id}">${quarter}, edition ${edition.number}</a>`;
  return html`<p class="crumb">${from} / ${name}</p>`;
}

export function renderCharts(charts: DeploymentPageView['charts']): Markup {
  if (typeof charts === 'string') return html`<p class="empty">${charts}</p>`;
  if (charts.length === 0) return html`<p class="empty">There is nothing to draw.</p>`;
  return html`<div class="charts">${charts.map(renderChart)}</div>`;
}

function warningPart({ warnings, missing }: DeploymentPage): Markup {
  const all = [...missing, ...warnings];
  if (all.length === 0) return html``;
  return html`<h2 id="warnings">Warnings</h2>
<ul class="prose">${all.map(warningLine)}</ul>`;
}

function warningLine({ text, figure }: PageWarning): Markup {
  return html`<li>${text} <a href="#figure-${figure.id}">${figure.label}</a></li>
`;
}

/** The URL of the figure that a warning concerns. */
export function toFigurePath({ deployment, figure }: PageWarning): string {
  if (deployment === undefined) return '/';
  return `${deploymentPath(deployment)}#figure-${figure.id}`;
}

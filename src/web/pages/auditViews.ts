/** The front page: the newest verdict, its actions, the trend, and links to other pages. */

import type { PageChart } from '../../report/charts/webCharts.ts';
import { counted } from '../../report/format.ts';
import type { StackPage, PageDeployment, PageFigure } from '../../report/webPages.ts';
import type { ReportSection } from '../../report/sections/appendix.ts';
import type { PageAudit } from '../facts/audits.ts';
import { html, htmlTable, type Markup, notice, renderInstant } from '../html.ts';
import { deploymentPath } from '../layout.ts';
import { type DueNotice, renderDueNotice } from './archiveViews.ts';
import { renderQuarter } from './jobText.ts';
import { renderActions, renderChart, renderSection } from './sectionViews.ts';
import type { Reader } from '../../report/locale.ts';

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
  const { headline, notices, lead, actions, page } = answer.words;
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

export function renderFigures(figures: readonly PageFigure[]): Markup {
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

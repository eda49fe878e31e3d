/** The page of one deployment: its verdict, figures, charts, options and warnings. */

import type { PageChart } from '../../report/charts/webCharts.ts';
import type { DeploymentPage, PageWarning } from '../../report/webPages.ts';
import type { PageAudit } from '../facts/audits.ts';
import { html, type Markup } from '../html.ts';
import { deploymentPath } from '../layout.ts';
import { renderFigures } from './auditViews.ts';
import { renderQuarter } from './jobText.ts';
import { renderActions, renderChart, renderSection } from './sectionViews.ts';

export interface DeploymentPageView {
  readonly answered: PageAudit;
  readonly deployment: DeploymentPage;
  readonly charts: readonly PageChart[] | string;
}

export function renderDeploymentPage({ answered, deployment, charts }: DeploymentPageView): Markup {
  const { name, model, words, figures } = deployment;
  return html`${crumb(answered, name)}
<h1>${name}</h1>
<p class="lead">${model}</p>
<p class="answer">${words.headline}</p>
${renderFigures(figures)}
<h2>What to do</h2>
${renderActions(words.actions)}
${warningPart(deployment)}
<h2>Charts</h2>
${renderCharts(charts)}
${words.sections.map((section) => renderSection({ ...section, steps: [] }))}`;
}

function crumb({ edition, record }: PageAudit, name: string): Markup {
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

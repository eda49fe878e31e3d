/** The page of one deployment: its verdict, figures, charts, options and warnings. */

import type { PageChart } from '../../report/charts/onPage.ts';
import type { DeploymentWords, PageWarning } from '../../report/pages.ts';
import type { Answered } from '../facts/answers.ts';
import { html, type Markup } from '../html.ts';
import { deploymentPath } from '../paths.ts';
import { figureList } from './answerBody.ts';
import { quarterName } from './jobWords.ts';
import { actionsPart, chartPart, sectionPart } from './wordsPart.ts';

export interface DeploymentView {
  readonly answered: Answered;
  readonly deployment: DeploymentWords;
  readonly charts: readonly PageChart[] | string;
}

export function deploymentBody({ answered, deployment, charts }: DeploymentView): Markup {
  const { name, model, words, figures } = deployment;
  return html`${crumb(answered, name)}
<h1>${name}</h1>
<p class="lead">${model}</p>
<p class="answer">${words.headline}</p>
${figureList(figures)}
<h2>What to do</h2>
${actionsPart(words.actions)}
${warningPart(deployment)}
<h2>Charts</h2>
${chartParts(charts)}
${words.sections.map((section) => sectionPart({ ...section, steps: [] }))}`;
}

function crumb({ edition, record }: Answered, name: string): Markup {
  const quarter = quarterName(record.quarter ?? 'this audit');
  const from =
    edition === undefined
      ? html`<a href="/">${quarter}</a>`
      : html`<a href="/reports/${edition.id}">${quarter}, edition ${edition.number}</a>`;
  return html`<p class="crumb">${from} / ${name}</p>`;
}

export function chartParts(charts: DeploymentView['charts']): Markup {
  if (typeof charts === 'string') return html`<p class="empty">${charts}</p>`;
  if (charts.length === 0) return html`<p class="empty">There is nothing to draw.</p>`;
  return html`<div class="charts">${charts.map(chartPart)}</div>`;
}

function warningPart({ warnings, missing }: DeploymentWords): Markup {
  const all = [...missing, ...warnings];
  if (all.length === 0) return html``;
  return html`<h2 id="warnings">Warnings</h2>
<ul class="prose">${all.map(warningLine)}</ul>`;
}

function warningLine({ says, figure }: PageWarning): Markup {
  return html`<li>${says} <a href="#figure-${figure.id}">${figure.label}</a></li>
`;
}

/** The URL of the figure that a warning concerns. */
export function figurePath({ deployment, figure }: PageWarning): string {
  if (deployment === undefined) return '/';
  return `${deploymentPath(deployment)}#figure-${figure.id}`;
}

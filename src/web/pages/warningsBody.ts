/** The list of warnings: missing evidence, doubts about figures, and warnings of pulls. */

import { counted } from '../../report/format.ts';
import type { StackPage, PageWarning } from '../../report/pages.ts';
import type { WarnedPull } from '../facts/rejects.ts';
import { html, type Markup } from '../html.ts';
import { htmlTable } from '../parts.ts';
import { deploymentPath } from '../paths.ts';
import { renderInstantWithAge } from '../when.ts';
import { toFigurePath } from './deploymentBody.ts';
import { renderQuarter } from './jobWords.ts';
import { renderOrigin } from './rejectsBody.ts';
import type { Reader } from '../../report/locale.ts';

export interface WarningsPageView {
  /** Absent before the first audit. */
  readonly answer?: StackPage | undefined;
  readonly quarter: string;
  readonly pulls: readonly WarnedPull[];
  readonly rejects: number;
  readonly nowMs: number;
}

export function renderWarningsPage(
  { answer, quarter, pulls, rejects, nowMs }: WarningsPageView,
  reader: Reader,
): Markup {
  const { missing = [], warnings = [] } = answer ?? {};
  const from =
    answer === undefined
      ? 'No quarter has been audited yet.'
      : `${renderQuarter(quarter)}, the newest verdict.`;
  return html`<h1>Warnings</h1>
<p class="lead">${from}
<a href="/rejects">${counted(rejects, 'rejected row', reader)}</a>.</p>
${part('Missing evidence', missing)}
${part('Warnings about figures', warnings)}
<h2>Warnings of pulls and imports</h2>
${pulls.length === 0 ? NO_PULLS : pullTable(pulls, nowMs, reader)}`;
}

const NO_PULLS = html`<p class="empty">No pull or import has a warning.</p>`;

function part(title: string, warnings: readonly PageWarning[]): Markup {
  if (warnings.length === 0)
    return html`<h2>${title}</h2>
<p class="empty">None.</p>`;
  return html`<h2>${title}</h2>
${htmlTable({
  caption: title,
  columns: [{ name: 'Deployment' }, { name: 'Warning' }, { name: 'Figure' }],
  rows: warnings.map((warning) => [
    deploymentLink(warning),
    warning.text,
    html`<a href="${toFigurePath(warning)}">${warning.figure.label}</a>`,
  ]),
})}`;
}

function deploymentLink({ deployment, name }: PageWarning): Markup | string {
  if (deployment === undefined) return 'Whole stack';
  return html`<a href="${deploymentPath(deployment)}">${name}</a>`;
}

function pullTable(pulls: readonly WarnedPull[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Warnings of pulls and imports, newest first',
    columns: [{ name: 'Source' }, { name: 'Warning' }, { name: 'Received' }],
    rows: pulls.map(({ origin, says }) => [
      html`<a href="/sources">${origin.source}</a>
<span class="sub">${renderOrigin(origin)}</span>`,
      says,
      renderInstantWithAge(origin.atMs, nowMs, reader),
    ]),
  });
}

/** Routes of the pages about sources, rejected rows and due work. */

import type { FastifyInstance } from 'fastify';
import type { RejectedRow, RejectFilter, RowOrigin } from '../../ledger/reads/rejects.ts';
import type { ReadSourceStates } from '../facts/sources.ts';
import { sendError } from '../errorPages.ts';
import type { DueReport, DueWork, WebServices } from '../site.ts';
import { rejectsPath, sendPage } from '../layout.ts';
import { renderSourcesPage } from './sourceViews.ts';
import {
  definitionList,
  html,
  htmlTable,
  type Markup,
  notice,
  renderInstantWithAge,
} from '../html.ts';
import { renderJobTitle, renderQuarter } from './jobText.ts';
import type { Reader } from '../../report/locale.ts';
import { shortText } from '../../platform/json.ts';
import { counted } from '../../report/format.ts';

export function registerSourcePages(
  app: FastifyInstance,
  site: WebServices,
  sources: ReadSourceStates,
): void {
  const { ledger } = site;
  app.get('/sources', async (request, reply) => {
    const imports = await ledger.work.newestImports();
    const body = renderSourcesPage(
      {
        sources: await sources(),
        deployments: await ledger.audits.newestDeployments(),
        imports,
        changed: await ledger.work.changedAmounts(imports.map(({ fetch }) => fetch)),
        missingBills: await site.missingBills(),
        reconciledBills: await site.reconciledBills(),
        nowMs: site.clock.nowMs(),
      },
      site.reader,
    );
    return sendPage(request, reply, { title: 'Sources', section: '/sources', body });
  });
  app.get('/due', async (request, reply) => {
    const body = renderDuePage(
      {
        due: await site.due(),
        dueReport: await site.dueReport(),
        nowMs: site.clock.nowMs(),
      },
      site.reader,
    );
    return sendPage(request, reply, { title: 'Due', section: '/due', body });
  });
  // The path of this page until version 0.7.
  app.get('/owed', async (_, reply) => reply.redirect('/due', 301));
  rejectPages(app, site);
}

function rejectPages(app: FastifyInstance, site: WebServices): void {
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/rejects',
    async (request, reply) => {
      const choice = choiceOf(request.query);
      const rejects = await site.ledger.work.rejects(choice, REJECTS_SHOWN + 1);
      const body = renderRejectsPage({ rejects, choice, nowMs: site.clock.nowMs() }, site.reader);
      return sendPage(request, reply, { title: 'Rejected rows', section: '/sources', body });
    },
  );
  app.get<{ Params: { ref: string } }>('/rejects/:ref', async (request, reply) => {
    const ref = wholeOf(request.params.ref);
    const reject = ref === undefined ? undefined : await site.ledger.work.reject(ref);
    if (reject === undefined) return sendError(request, reply, NO_REJECT);
    const body = renderRejectPage(reject, site.clock.nowMs(), site.reader);
    return sendPage(request, reply, { title: 'Rejected row', section: '/sources', body });
  });
}

const NO_REJECT = {
  status: 404,
  title: 'Unknown row',
  what: 'The ledger has no rejected row with this number.',
};

/** Values that are not numbers are ignored. */
function choiceOf({ before, fetch, source }: Readonly<Record<string, unknown>>): RejectFilter {
  return {
    before: wholeOf(before),
    fetch: wholeOf(fetch),
    source: typeof source === 'string' ? source : undefined,
  };
}

function wholeOf(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export interface DueView {
  readonly due: readonly DueWork[];
  readonly dueReport: DueReport;
  readonly nowMs: number;
}

function renderDuePage({ due, dueReport, nowMs }: DueView, reader: Reader): Markup {
  const { due: last, next } = dueReport;
  return html`<h1>Due</h1>
<p class="lead">Jobs that are due and have not run. The worker runs them in this order.</p>
${due.length === 0 ? NOTHING : dueTable(due, nowMs, reader)}
<h2>Reports</h2>
${definitionList([
  ...(last === undefined ? [] : [['Last report', lastText(last, nowMs, reader)] as const]),
  ['Next report', next === undefined ? 'none is scheduled' : dueText(next, nowMs, reader)],
])}`;
}

const NOTHING = html`<p class="empty">Nothing is due.</p>`;

function lastText(last: NonNullable<DueReport['due']>, nowMs: number, reader: Reader): Markup {
  const sent = last.hasGoneOut ? 'sent' : html`<strong>not sent</strong>`;
  return html`${dueText(last, nowMs, reader)}, ${sent}`;
}

function dueText(
  { quarter, atMs }: NonNullable<DueReport['next']>,
  nowMs: number,
  reader: Reader,
): Markup {
  return html`${renderQuarter(quarter)}, due ${renderInstantWithAge(atMs, nowMs, reader)}`;
}

function dueTable(due: readonly DueWork[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Jobs that are due, in the order in which they run',
    columns: [{ name: 'Job' }, { name: 'Due' }],
    rows: due.map((work) => [
      renderJobTitle(work, reader),
      work.dueAtMs === undefined ? 'now' : renderInstantWithAge(work.dueAtMs, nowMs, reader),
    ]),
  });
}

/** One more row is read, which shows that there are older ones. */
const REJECTS_SHOWN = 100;

export interface RejectsView {
  readonly rejects: readonly RejectedRow[];
  readonly choice: RejectFilter;
  readonly nowMs: number;
}

function renderRejectsPage({ rejects, choice, nowMs }: RejectsView, reader: Reader): Markup {
  const shown = rejects.slice(0, REJECTS_SHOWN);
  const last = shown.at(-1);
  const older =
    last !== undefined &&
    rejects.length > shown.length &&
    html`<p><a href="${rejectsPath({ ...choice, before: last.ref })}">Older rows</a></p>`;
  return html`<p class="crumb"><a href="/sources">Sources</a> / Rejected rows</p>
<h1>Rejected rows</h1>
<p class="lead">${chosen(choice)} A rejected row is in no figure.</p>
${shown.length === 0 ? NONE : rejectTable(shown, nowMs, reader)}
${older}`;
}

const NONE = html`<p class="empty">No row was rejected.</p>`;

function chosen({ source, fetch }: RejectFilter): Markup {
  const all =
    (source !== undefined || fetch !== undefined) && html` <a href="/rejects">Show all</a>.`;
  if (fetch !== undefined) return html`Rows of import or pull ${fetch}.${all}`;
  if (source !== undefined) return html`Rows of source ${source}.${all}`;
  return html`Rows of all sources, newest first.`;
}

function rejectTable(rejects: readonly RejectedRow[], nowMs: number, reader: Reader): Markup {
  return htmlTable({
    caption: 'Rejected rows, newest first',
    columns: [{ name: 'Row' }, { name: 'Reason' }, { name: 'From' }, { name: 'Received' }],
    rows: rejects.map(({ ref, position, reason, origin }) => [
      html`<a href="/rejects/${ref}">${placeText(origin, position)}</a>`,
      shortText(reason, 300),
      html`${renderOrigin(origin)} <span class="sub">source ${origin.source}</span>`,
      renderInstantWithAge(origin.atMs, nowMs, reader),
    ]),
  });
}

/** Positions are line numbers from 1 in files, and record indexes from 0 in responses. */
function placeText(origin: RowOrigin, position: number): string {
  return isImport(origin) ? `Line ${position}` : `Record ${position + 1}`;
}

function isImport({ kind }: RowOrigin): boolean {
  return kind.startsWith('import.') || kind === 'ops.add';
}

/** `import 12: bill.csv` or `pull 12 (charges)`. */
export function renderOrigin(origin: RowOrigin): string {
  const { kind, url, fetch } = origin;
  if (!isImport(origin)) return `pull ${fetch} (${kind})`;
  return `import ${fetch}: ${url.replace(/^file:/, '')}`;
}

function renderRejectPage(
  { ref, position, reason, excerpt, origin }: RejectedRow,
  nowMs: number,
  reader: Reader,
) {
  const imported = isImport(origin);
  const rows = rejectsPath({ fetch: origin.fetch });
  return html`<p class="crumb"><a href="/sources">Sources</a> /
<a href="/rejects">Rejected rows</a> / ${ref}</p>
<h1>${placeText(origin, position)} was rejected</h1>
${notice('bad', html`<p>${reason}</p>`)}
${definitionList([
  ['Source', html`<a href="${rejectsPath({ source: origin.source })}">${origin.source}</a>`],
  [imported ? 'Import' : 'Pull', html`<a href="${rows}">number ${origin.fetch}</a>`],
  [imported ? 'File' : 'Address', origin.url.replace(/^file:/, '')],
  ['Kind', origin.kind.replace(/^import\./, '')],
  ['Received', renderInstantWithAge(origin.atMs, nowMs, reader)],
  ['Position', placeText(origin, position)],
])}
<h2>Raw row</h2>
${excerpt === '' ? NO_ROW : html`<pre class="row">${excerpt}</pre>`}
<p class="hint">At most ${counted(500, 'character', reader)} are kept, and secrets are removed.</p>
${imported && REMEDY}`;
}

const NO_ROW = html`<p class="empty">The row is empty.</p>`;
const REMEDY = html`<h2>What to do</h2>
<p>Fix this line and import the file again. Rows that were imported before are not counted
twice.</p>`;

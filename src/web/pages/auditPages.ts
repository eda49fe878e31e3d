/** Routes of the front page, the deployment pages, the charts and the warnings. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { RowOrigin } from '../../ledger/reads/rejects.ts';
import type { PageChart } from '../../report/charts/webCharts.ts';
import { pullWarningSentence } from '../../report/copy/pullWarnings.ts';
import { asSentence } from '../../report/displayText.ts';
import {
  buildDeploymentPage,
  buildStackPage,
  type PageWarning,
  type StackPage,
} from '../../report/webPages.ts';
import { countDeliveriesByEdition, createPageAudits, type PageAudit } from '../facts/audits.ts';
import { createLruCache } from '../facts/lruCache.ts';
import type { ReadSourceStates } from '../facts/sources.ts';
import { html, htmlTable, type Markup, renderInstantWithAge } from '../html.ts';
import { sendError } from '../errorPages.ts';
import type { WebServices } from '../site.ts';
import {
  renderCharts,
  renderDeploymentPage,
  renderEmptyFrontPage,
  renderFrontPage,
  toFigurePath,
} from './auditViews.ts';
import { chartHead, deploymentPath, sendPage } from '../layout.ts';
import { renderQuarter } from './jobText.ts';
import { counted } from '../../report/format.ts';
import { renderOrigin } from './sourcePages.ts';
import type { Reader } from '../../report/locale.ts';

const WORDS_KEPT = 8;

/** The data of these pages. */
interface PageData {
  readonly site: WebServices;
  newest(): Promise<PageAudit | undefined>;
  ofEdition(id: string): Promise<PageAudit | undefined>;
  words(answered: PageAudit): Promise<StackPage>;
  /** The charts, or a sentence that says why they cannot be drawn. */
  charts(answered: PageAudit, deployment?: string): Promise<readonly PageChart[] | string>;
  rejects(): Promise<number>;
}

export function registerAuditPages(
  app: FastifyInstance,
  site: WebServices,
  sources: ReadSourceStates,
): void {
  const data = createPageData(site, sources);
  app.get('/', (request, reply) => frontPage(request, reply, data));
  app.get('/charts', (request, reply) => chartsPage(request, reply, data));
  app.get('/warnings', (request, reply) => warningsPage(request, reply, data));
  app.get<{ Params: { id: string } }>('/deployments/:id', async (request, reply) => {
    const answered = await data.newest();
    return deploymentPage(request, reply, { data, answered, id: request.params.id });
  });
  app.get<{ Params: { edition: string; id: string } }>(
    '/reports/:edition/deployments/:id',
    async (request, reply) => {
      const { edition, id } = request.params;
      const answered = await data.ofEdition(edition);
      return deploymentPage(request, reply, { data, answered, id });
    },
  );
}

function createPageData(site: WebServices, sources: ReadSourceStates): PageData {
  const answers = createPageAudits(site);
  const words = createLruCache<StackPage>(WORDS_KEPT);
  return {
    site,
    newest: () => answers.newest(),
    async ofEdition(id) {
      const edition = await site.ledger.deliveries.edition(id);
      return edition && answers.forEdition(edition);
    },
    words: ({ record, edition }) =>
      words(JSON.stringify([record.runId, edition?.number]), async () =>
        buildStackPage(record.auditJson, site.reader, edition?.number),
      ),
    async charts(answered, deployment) {
      try {
        return await answers.charts(answered, deployment);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        site.log.warn('charts were not drawn', { problem: error.message });
        return `The charts cannot be drawn now. ${asSentence(error.message)}`;
      }
    },
    rejects: async () => (await sources()).reduce((sum, each) => sum + each.rejects, 0),
  };
}

async function frontPage(request: FastifyRequest, reply: FastifyReply, data: PageData) {
  const { site } = data;
  const due = {
    editions: await site.ledger.deliveries.editions(),
    delivered: countDeliveriesByEdition(await site.ledger.deliveries.list()),
    dueReport: await site.dueReport(),
    nowMs: site.clock.nowMs(),
  };
  const answered = await data.newest();
  const body =
    answered === undefined
      ? renderEmptyFrontPage(due, data.site.reader)
      : renderFrontPage(
          {
            ...due,
            answered,
            answer: await data.words(answered),
            charts: await data.charts(answered),
            rejects: await data.rejects(),
          },
          data.site.reader,
        );
  return sendPage(request, reply, { title: 'Verdict', section: '/', head: chartHead(), body });
}

async function chartsPage(request: FastifyRequest, reply: FastifyReply, data: PageData) {
  const answered = await data.newest();
  const charts = answered === undefined ? [] : await data.charts(answered);
  const body = html`<p class="crumb"><a href="/">Verdict</a> / Charts</p>
<h1>Charts ${renderQuarter(answered?.record.quarter ?? '')}</h1>
${renderCharts(charts)}`;
  return sendPage(request, reply, { title: 'Charts', section: '/', head: chartHead(), body });
}

async function warningsPage(request: FastifyRequest, reply: FastifyReply, data: PageData) {
  const answered = await data.newest();
  const body = renderWarningsPage(
    {
      answer: answered && (await data.words(answered)),
      quarter: answered?.record.quarter ?? '',
      pulls: await readPullWarnings(data.site),
      rejects: await data.rejects(),
      nowMs: data.site.clock.nowMs(),
    },
    data.site.reader,
  );
  return sendPage(request, reply, { title: 'Warnings', section: '/', body });
}

interface DeploymentRequest {
  readonly data: PageData;
  readonly answered: PageAudit | undefined;
  readonly id: string;
}

async function deploymentPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { data, answered, id }: DeploymentRequest,
) {
  const deployment =
    answered && buildDeploymentPage(answered.record.auditJson, id, data.site.reader);
  if (answered === undefined || deployment === undefined) return sendError(request, reply, UNKNOWN);
  const body = renderDeploymentPage({
    answered,
    deployment,
    charts: await data.charts(answered, id),
  });
  return sendPage(request, reply, {
    title: deployment.name,
    section: '/',
    head: chartHead(),
    body,
  });
}

const UNKNOWN = {
  status: 404,
  title: 'Unknown deployment',
  what: 'This audit has no deployment with this name. The front page lists all deployments.',
};

export interface WarningsPageView {
  /** Absent before the first audit. */
  readonly answer?: StackPage | undefined;
  readonly quarter: string;
  readonly pulls: readonly WarnedPull[];
  readonly rejects: number;
  readonly nowMs: number;
}

function renderWarningsPage(
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

interface WarnedPull {
  readonly origin: RowOrigin;
  readonly says: string;
}

/** Each distinct warning of a source once, from its newest fetch, newest first. */
async function readPullWarnings({ ledger }: WebServices): Promise<WarnedPull[]> {
  const fetches = await ledger.work.fetchWarnings();
  const warned = fetches.flatMap(({ origin, warnings }) =>
    warnings.map((warning) => ({ origin, says: pullWarningSentence(warning) })),
  );
  const seen = new Set<string>();
  return warned.filter(({ origin: { source }, says }) => {
    const key = JSON.stringify([source, says]);
    return !seen.has(key) && seen.add(key);
  });
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

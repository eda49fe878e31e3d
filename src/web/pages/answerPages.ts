/** Routes of the front page, the deployment pages, the charts and the warnings. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { PageChart } from '../../report/charts/onPage.ts';
import { asSentence } from '../../report/label.ts';
import { type StackPage, buildStackPage, buildDeploymentPage } from '../../report/pages.ts';
import { type PageAudit, createPageAudits } from '../facts/answers.ts';
import { countDeliveriesByEdition } from '../facts/delivered.ts';
import { readPullWarnings } from '../facts/rejects.ts';
import { createLruCache } from '../facts/remembered.ts';
import type { ReadSourceStates } from '../facts/sources.ts';
import { html } from '../html.ts';
import { sendError } from '../refusals.ts';
import type { WebServices } from '../site.ts';
import { renderFrontPage, renderEmptyFrontPage } from './answerBody.ts';
import { chartHead } from './liveHead.ts';
import { renderCharts, renderDeploymentPage } from './deploymentBody.ts';
import { renderQuarter } from './jobWords.ts';
import { sendPage } from './show.ts';
import { renderWarningsPage } from './warningsBody.ts';

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
      const edition = await site.ledger.edition(id);
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
    editions: await site.ledger.editions(),
    delivered: countDeliveriesByEdition(await site.ledger.deliveries()),
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

/** Routes of the front page, the deployment pages, the charts and the warnings. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { PageChart } from '../../report/charts/onPage.ts';
import { asSentence } from '../../report/label.ts';
import { type AnswerWords, answerWords, deploymentWords } from '../../report/pages.ts';
import { type Answered, readAnswers } from '../facts/answers.ts';
import { deliveredByEdition } from '../facts/delivered.ts';
import { readPullWarnings } from '../facts/rejects.ts';
import { remembered } from '../facts/remembered.ts';
import type { SourceStates } from '../facts/sources.ts';
import { html } from '../html.ts';
import { refuse } from '../refusals.ts';
import type { Site } from '../site.ts';
import { answerBody, noAnswerBody } from './answerBody.ts';
import { chartHead } from './liveHead.ts';
import { chartParts, deploymentBody } from './deploymentBody.ts';
import { quarterName } from './jobWords.ts';
import { show } from './show.ts';
import { warningsBody } from './warningsBody.ts';

const WORDS_KEPT = 8;

/** The data of these pages. */
interface PageData {
  readonly site: Site;
  newest(): Promise<Answered | undefined>;
  ofEdition(id: string): Promise<Answered | undefined>;
  words(answered: Answered): Promise<AnswerWords>;
  /** The charts, or a sentence that says why they cannot be drawn. */
  charts(answered: Answered, deployment?: string): Promise<readonly PageChart[] | string>;
  rejects(): Promise<number>;
}

export function answerPages(app: FastifyInstance, site: Site, sources: SourceStates): void {
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

function createPageData(site: Site, sources: SourceStates): PageData {
  const answers = readAnswers(site);
  const words = remembered<AnswerWords>(WORDS_KEPT);
  return {
    site,
    newest: () => answers.newest(),
    async ofEdition(id) {
      const edition = await site.ledger.edition(id);
      return edition && answers.ofEdition(edition);
    },
    words: ({ record, edition }) =>
      words(JSON.stringify([record.runId, edition?.number]), async () =>
        answerWords(record.auditJson, site.reader, edition?.number),
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
    delivered: deliveredByEdition(await site.ledger.deliveries()),
    dueReport: await site.dueReport(),
    nowMs: site.clock.nowMs(),
  };
  const answered = await data.newest();
  const body =
    answered === undefined
      ? noAnswerBody(due, data.site.reader)
      : answerBody(
          {
            ...due,
            answered,
            answer: await data.words(answered),
            charts: await data.charts(answered),
            rejects: await data.rejects(),
          },
          data.site.reader,
        );
  return show(request, reply, { title: 'Verdict', part: '/', head: chartHead(), body });
}

async function chartsPage(request: FastifyRequest, reply: FastifyReply, data: PageData) {
  const answered = await data.newest();
  const charts = answered === undefined ? [] : await data.charts(answered);
  const body = html`<p class="crumb"><a href="/">Verdict</a> / Charts</p>
<h1>Charts ${quarterName(answered?.record.quarter ?? '')}</h1>
${chartParts(charts)}`;
  return show(request, reply, { title: 'Charts', part: '/', head: chartHead(), body });
}

async function warningsPage(request: FastifyRequest, reply: FastifyReply, data: PageData) {
  const answered = await data.newest();
  const body = warningsBody(
    {
      answer: answered && (await data.words(answered)),
      quarter: answered?.record.quarter ?? '',
      pulls: await readPullWarnings(data.site),
      rejects: await data.rejects(),
      nowMs: data.site.clock.nowMs(),
    },
    data.site.reader,
  );
  return show(request, reply, { title: 'Warnings', part: '/', body });
}

interface DeploymentRequest {
  readonly data: PageData;
  readonly answered: Answered | undefined;
  readonly id: string;
}

async function deploymentPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { data, answered, id }: DeploymentRequest,
) {
  const deployment = answered && deploymentWords(answered.record.auditJson, id, data.site.reader);
  if (answered === undefined || deployment === undefined) return refuse(request, reply, UNKNOWN);
  const body = deploymentBody({ answered, deployment, charts: await data.charts(answered, id) });
  return show(request, reply, { title: deployment.name, part: '/', head: chartHead(), body });
}

const UNKNOWN = {
  status: 404,
  title: 'Unknown deployment',
  what: 'This audit has no deployment with this name. The front page lists all deployments.',
};

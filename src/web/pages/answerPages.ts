/** The front page, the pages of deployments, the charts of the stack, and the warnings. */

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

/** What the pages here are made from. */
interface Shelf {
  readonly site: Site;
  newest(): Promise<Answered | undefined>;
  ofEdition(id: string): Promise<Answered | undefined>;
  words(answered: Answered): Promise<AnswerWords>;
  /** A sentence where they cannot be drawn now. */
  charts(answered: Answered, deployment?: string): Promise<readonly PageChart[] | string>;
  rejects(): Promise<number>;
}

export function answerPages(app: FastifyInstance, site: Site, sources: SourceStates): void {
  const shelf = shelfOf(site, sources);
  app.get('/', (request, reply) => frontPage(request, reply, shelf));
  app.get('/charts', (request, reply) => chartsPage(request, reply, shelf));
  app.get('/warnings', (request, reply) => warningsPage(request, reply, shelf));
  app.get<{ Params: { id: string } }>('/deployments/:id', async (request, reply) => {
    const answered = await shelf.newest();
    return deploymentPage(request, reply, { shelf, answered, id: request.params.id });
  });
  app.get<{ Params: { edition: string; id: string } }>(
    '/reports/:edition/deployments/:id',
    async (request, reply) => {
      const { edition, id } = request.params;
      const answered = await shelf.ofEdition(edition);
      return deploymentPage(request, reply, { shelf, answered, id });
    },
  );
}

function shelfOf(site: Site, sources: SourceStates): Shelf {
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
        answerWords(record.auditJson, edition?.number),
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

async function frontPage(request: FastifyRequest, reply: FastifyReply, shelf: Shelf) {
  const { site } = shelf;
  const due = {
    editions: await site.ledger.editions(),
    delivered: deliveredByEdition(await site.ledger.deliveries()),
    dueReport: await site.dueReport(),
    nowMs: site.clock.nowMs(),
  };
  const answered = await shelf.newest();
  const body =
    answered === undefined
      ? noAnswerBody(due)
      : answerBody({
          ...due,
          answered,
          answer: await shelf.words(answered),
          charts: await shelf.charts(answered),
          rejects: await shelf.rejects(),
        });
  return show(request, reply, { title: 'Answer', part: '/', head: chartHead(), body });
}

async function chartsPage(request: FastifyRequest, reply: FastifyReply, shelf: Shelf) {
  const answered = await shelf.newest();
  const charts = answered === undefined ? [] : await shelf.charts(answered);
  const body = html`<p class="crumb"><a href="/">Answer</a> / Charts</p>
<h1>Charts ${quarterName(answered?.record.quarter ?? '')}</h1>
${chartParts(charts)}`;
  return show(request, reply, { title: 'Charts', part: '/', head: chartHead(), body });
}

async function warningsPage(request: FastifyRequest, reply: FastifyReply, shelf: Shelf) {
  const answered = await shelf.newest();
  const body = warningsBody({
    answer: answered && (await shelf.words(answered)),
    quarter: answered?.record.quarter ?? '',
    pulls: await readPullWarnings(shelf.site),
    rejects: await shelf.rejects(),
    nowMs: shelf.site.clock.nowMs(),
  });
  return show(request, reply, { title: 'Warnings', part: '/', body });
}

interface Asked {
  readonly shelf: Shelf;
  readonly answered: Answered | undefined;
  readonly id: string;
}

async function deploymentPage(request: FastifyRequest, reply: FastifyReply, asked: Asked) {
  const { shelf, answered, id } = asked;
  const deployment = answered && deploymentWords(answered.record.auditJson, id);
  if (answered === undefined || deployment === undefined) return refuse(request, reply, UNKNOWN);
  const body = deploymentBody({ answered, deployment, charts: await shelf.charts(answered, id) });
  return show(request, reply, { title: deployment.name, part: '/', head: chartHead(), body });
}

const UNKNOWN = {
  status: 404,
  title: 'Unknown deployment',
  what: 'This audit has no deployment with this name. The newest answer lists all deployments.',
};

/** Routes of the pages about sources, rejected rows and due work. */

import type { FastifyInstance } from 'fastify';
import { readDeploymentStates } from '../facts/audits.ts';
import { readImports } from '../facts/imports.ts';
import { readReject, readRejects, type RejectFilter } from '../facts/rejects.ts';
import type { ReadSourceStates } from '../facts/sources.ts';
import { sendError } from '../refusals.ts';
import type { WebServices } from '../site.ts';
import { renderDuePage } from './dueBody.ts';
import { renderRejectPage, renderRejectsPage } from './rejectsBody.ts';
import { sendPage } from './show.ts';
import { renderSourcesPage } from './sourcesBody.ts';

export function registerSourcePages(
  app: FastifyInstance,
  site: WebServices,
  sources: ReadSourceStates,
): void {
  app.get('/sources', async (request, reply) => {
    const body = renderSourcesPage(
      {
        sources: await sources(),
        deployments: await readDeploymentStates(site),
        imports: await readImports(site),
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
      const rejects = await readRejects(site, choice);
      const body = renderRejectsPage({ rejects, choice, nowMs: site.clock.nowMs() }, site.reader);
      return sendPage(request, reply, { title: 'Rejected rows', section: '/sources', body });
    },
  );
  app.get<{ Params: { ref: string } }>('/rejects/:ref', async (request, reply) => {
    const ref = wholeOf(request.params.ref);
    const reject = ref === undefined ? undefined : await readReject(site, ref);
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

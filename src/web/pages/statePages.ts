/** Routes of the pages about sources, rejected rows and due work. */

import type { FastifyInstance } from 'fastify';
import { deploymentStates } from '../facts/audits.ts';
import { readImports } from '../facts/imports.ts';
import { readReject, readRejects, type RejectChoice } from '../facts/rejects.ts';
import type { SourceStates } from '../facts/sources.ts';
import { refuse } from '../refusals.ts';
import type { Site } from '../site.ts';
import { dueBody } from './dueBody.ts';
import { rejectBody, rejectsBody } from './rejectsBody.ts';
import { show } from './show.ts';
import { sourcesBody } from './sourcesBody.ts';

export function statePages(app: FastifyInstance, site: Site, sources: SourceStates): void {
  app.get('/sources', async (request, reply) => {
    const body = sourcesBody(
      {
        sources: await sources(),
        deployments: await deploymentStates(site),
        imports: await readImports(site),
        missingBills: await site.missingBills(),
        reconciledBills: await site.reconciledBills(),
        nowMs: site.clock.nowMs(),
      },
      site.reader,
    );
    return show(request, reply, { title: 'Sources', part: '/sources', body });
  });
  app.get('/due', async (request, reply) => {
    const body = dueBody(
      {
        due: await site.due(),
        dueReport: await site.dueReport(),
        nowMs: site.clock.nowMs(),
      },
      site.reader,
    );
    return show(request, reply, { title: 'Due', part: '/due', body });
  });
  // The path of this page until version 0.7.
  app.get('/owed', async (_, reply) => reply.redirect('/due', 301));
  rejectPages(app, site);
}

function rejectPages(app: FastifyInstance, site: Site): void {
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/rejects',
    async (request, reply) => {
      const choice = choiceOf(request.query);
      const rejects = await readRejects(site, choice);
      const body = rejectsBody({ rejects, choice, nowMs: site.clock.nowMs() }, site.reader);
      return show(request, reply, { title: 'Rejected rows', part: '/sources', body });
    },
  );
  app.get<{ Params: { ref: string } }>('/rejects/:ref', async (request, reply) => {
    const ref = wholeOf(request.params.ref);
    const reject = ref === undefined ? undefined : await readReject(site, ref);
    if (reject === undefined) return refuse(request, reply, NO_REJECT);
    const body = rejectBody(reject, site.clock.nowMs(), site.reader);
    return show(request, reply, { title: 'Rejected row', part: '/sources', body });
  });
}

const NO_REJECT = {
  status: 404,
  title: 'Unknown row',
  what: 'The ledger has no rejected row with this number.',
};

/** Values that are not numbers are ignored. */
function choiceOf({ before, fetch, source }: Readonly<Record<string, unknown>>): RejectChoice {
  return {
    before: wholeOf(before),
    fetch: wholeOf(fetch),
    source: typeof source === 'string' ? source : undefined,
  };
}

function wholeOf(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

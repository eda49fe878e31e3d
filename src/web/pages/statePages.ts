/** Knows the pages on how things stand: sources and coverage, and what is owed. */

import type { FastifyInstance } from 'fastify';
import { deploymentStates } from '../facts/audits.ts';
import { readImports } from '../facts/imports.ts';
import type { SourceStates } from '../facts/sources.ts';
import type { Site } from '../site.ts';
import { owedBody } from './owedBody.ts';
import { show } from './show.ts';
import { sourcesBody } from './sourcesBody.ts';

export function statePages(app: FastifyInstance, site: Site, sources: SourceStates): void {
  app.get('/sources', async (request, reply) => {
    const body = sourcesBody({
      sources: await sources(),
      deployments: await deploymentStates(site),
      imports: await readImports(site),
      missingBills: await site.missingBills(),
      reconciledBills: await site.reconciledBills(),
      nowMs: site.clock.nowMs(),
    });
    return show(request, reply, { title: 'Sources', part: '/sources', body });
  });
  app.get('/owed', async (request, reply) => {
    const body = owedBody({
      owed: await site.owed(),
      dueReport: await site.dueReport(),
      nowMs: site.clock.nowMs(),
    });
    return show(request, reply, { title: 'Owed', part: '/owed', body });
  });
}

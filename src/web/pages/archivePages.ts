/** Routes of the report archive: the list of reports, and the page of each report. */

import type { FastifyInstance } from 'fastify';
import { runVerdicts } from '../facts/audits.ts';
import { deliveredByEdition } from '../facts/delivered.ts';
import type { Desk } from '../reception.ts';
import { refuse } from '../refusals.ts';
import type { Site } from '../site.ts';
import { archiveBody } from './archiveBody.ts';
import { editionBody } from './editionBody.ts';
import { show } from './show.ts';

export function archivePages(app: FastifyInstance, site: Site, { passes }: Desk): void {
  const { ledger, clock, reader } = site;
  app.get('/reports', async (request, reply) => {
    const body = archiveBody(
      {
        editions: await ledger.editions(),
        delivered: deliveredByEdition(await ledger.deliveries()),
        verdicts: await runVerdicts(site),
        dueReport: await site.dueReport(),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return show(request, reply, { title: 'Reports', part: '/reports', body });
  });
  app.get<{ Params: { edition: string } }>('/reports/:edition', async (request, reply) => {
    const { edition: id } = request.params;
    const edition = await ledger.edition(id);
    if (edition === undefined) return refuse(request, reply, NO_EDITION);
    const nowMs = clock.nowMs();
    const body = editionBody(
      {
        edition,
        others: await ledger.editions({ quarter: edition.quarter }),
        deliveries: await ledger.deliveries({ edition: id }),
        pass: passes.issue(id, nowMs),
        nowMs,
      },
      reader,
    );
    return show(request, reply, { title: edition.subject, part: '/reports', body });
  });
}

const NO_EDITION = {
  status: 404,
  title: 'Unknown report',
  what: 'There is no report with this name. Names look like 2026-Q3.1.',
};

/** Routes of the report archive: the list of reports, and the page of each report. */

import type { FastifyInstance } from 'fastify';
import { readRunVerdicts } from '../facts/audits.ts';
import { countDeliveriesByEdition } from '../facts/delivered.ts';
import type { PageTokens } from '../reception.ts';
import { sendError } from '../refusals.ts';
import type { WebServices } from '../site.ts';
import { renderArchivePage } from './archiveBody.ts';
import { renderEditionPage } from './editionBody.ts';
import { sendPage } from './show.ts';

export function registerArchivePages(
  app: FastifyInstance,
  site: WebServices,
  { signedUrls }: PageTokens,
): void {
  const { ledger, clock, reader } = site;
  app.get('/reports', async (request, reply) => {
    const body = renderArchivePage(
      {
        editions: await ledger.editions(),
        delivered: countDeliveriesByEdition(await ledger.deliveries()),
        verdicts: await readRunVerdicts(site),
        dueReport: await site.dueReport(),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return sendPage(request, reply, { title: 'Reports', section: '/reports', body });
  });
  app.get<{ Params: { edition: string } }>('/reports/:edition', async (request, reply) => {
    const { edition: id } = request.params;
    const edition = await ledger.edition(id);
    if (edition === undefined) return sendError(request, reply, NO_EDITION);
    const nowMs = clock.nowMs();
    const body = renderEditionPage(
      {
        edition,
        others: await ledger.editions({ quarter: edition.quarter }),
        deliveries: await ledger.deliveries({ edition: id }),
        pass: signedUrls.sign(id, nowMs),
        nowMs,
      },
      reader,
    );
    return sendPage(request, reply, { title: edition.subject, section: '/reports', body });
  });
}

const NO_EDITION = {
  status: 404,
  title: 'Unknown report',
  what: 'There is no report with this name. Names look like 2026-Q3.1.',
};

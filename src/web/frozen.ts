/** Serves frozen files byte for byte, with their declared type, in a sandbox. */

import type { FastifyInstance, FastifyReply } from 'fastify';
import { FROZEN_HEADERS, type Headers, SEALED_HEADERS } from './policy.ts';
import type { Desk } from './reception.ts';
import { refuse } from './refusals.ts';
import type { Site } from './site.ts';

/** What a browser shows by itself; all else is handed over as a file. */
const SHOWN = /^(text\/(html|plain)|image\/(png|jpeg)|application\/pdf)\b/;

interface Wanted {
  readonly edition: string;
  readonly name: string;
  readonly headers: Headers;
}

/**
 * `/frozen/EDITION/NAME` for who has come in, `/sealed/PASS/EDITION/NAME` for who has a pass: below
 * either, a report finds its pictures.
 */
export function frozenFiles(app: FastifyInstance, site: Site, { passes }: Desk): void {
  app.get<{ Params: { edition: string; '*': string } }>(
    '/frozen/:edition/*',
    async (request, reply) => {
      const { edition, '*': name } = request.params;
      const sent = await send(site, reply, { edition, name, headers: FROZEN_HEADERS });
      return sent ?? refuse(request, reply, MISSING);
    },
  );
  app.get<{ Params: { pass: string; edition: string; '*': string } }>(
    '/sealed/:pass/:edition/*',
    { config: { isOpen: true } },
    async (request, reply) => {
      const { pass, edition, '*': name } = request.params;
      const isGood = passes.isGood(pass, edition, site.clock.nowMs());
      const sent = isGood && (await send(site, reply, { edition, name, headers: SEALED_HEADERS }));
      return sent || refuse(request, reply, MISSING);
    },
  );
}

const MISSING = {
  status: 404,
  title: 'No such file',
  what: 'This report has no such file, or the link has expired. Open the report again.',
};

async function send(
  { ledger }: Site,
  reply: FastifyReply,
  { edition, name, headers }: Wanted,
): Promise<FastifyReply | undefined> {
  if ((await ledger.edition(edition)) === undefined) return undefined;
  const file = await ledger.editionFile(edition, name);
  if (file === undefined) return undefined;
  const how = SHOWN.test(file.contentType) ? 'inline' : 'attachment';
  const shortName = `${edition}-${name.replace(/^.*\//, '')}`.replace(/[^\w.-]/g, '_');
  return reply
    .headers(headers)
    .header('content-disposition', `${how}; filename="${shortName}"`)
    .type(file.contentType)
    .send(Buffer.from(file.bytes));
}

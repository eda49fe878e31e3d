/** Serves the frozen files of editions unchanged, with their content type, in a sandbox. */

import type { FastifyInstance, FastifyReply } from 'fastify';
import { FROZEN_HEADERS, type HeaderSet, SIGNED_URL_HEADERS } from './securityHeaders.ts';
import type { PageTokens } from './auth/routes.ts';
import { sendError } from './errorPages.ts';
import type { WebServices } from './site.ts';

/** Content types that a browser displays; other files are downloads. */
const INLINE_TYPES = /^(text\/(html|plain)|image\/(png|jpeg)|application\/pdf)\b/;

interface FileRequest {
  readonly edition: string;
  readonly name: string;
  readonly headers: HeaderSet;
}

/**
 * `/frozen/EDITION/NAME` for signed-in visitors and `/sealed/PASS/EDITION/NAME` for signed URLs.
 * The relative links of a report to its pictures work below both.
 */
export function registerFrozenFiles(
  app: FastifyInstance,
  site: WebServices,
  { signedUrls }: PageTokens,
): void {
  app.get<{ Params: { edition: string; '*': string } }>(
    '/frozen/:edition/*',
    async (request, reply) => {
      const { edition, '*': name } = request.params;
      const sent = await send(site, reply, { edition, name, headers: FROZEN_HEADERS });
      return sent ?? sendError(request, reply, MISSING);
    },
  );
  app.get<{ Params: { pass: string; edition: string; '*': string } }>(
    '/sealed/:pass/:edition/*',
    { config: { isOpen: true } },
    async (request, reply) => {
      const { pass, edition, '*': name } = request.params;
      const isGood = signedUrls.isValid(pass, edition, site.clock.nowMs());
      const sent =
        isGood && (await send(site, reply, { edition, name, headers: SIGNED_URL_HEADERS }));
      return sent || sendError(request, reply, MISSING);
    },
  );
}

const MISSING = {
  status: 404,
  title: 'No such file',
  what: 'This report has no such file, or the link has expired. Open the report again.',
};

async function send(
  { ledger }: WebServices,
  reply: FastifyReply,
  { edition, name, headers }: FileRequest,
): Promise<FastifyReply | undefined> {
  if ((await ledger.deliveries.edition(edition)) === undefined) return undefined;
  const file = await ledger.deliveries.editionFile(edition, name);
  if (file === undefined) return undefined;
  const disposition = INLINE_TYPES.test(file.contentType) ? 'inline' : 'attachment';
  const shortName = `${edition}-${name.replace(/^.*\//, '')}`.replace(/[^\w.-]/g, '_');
  return reply
    .headers(headers)
    .header('content-disposition', `${disposition}; filename="${shortName}"`)
    .type(file.contentType)
    .send(Buffer.from(file.bytes));
}

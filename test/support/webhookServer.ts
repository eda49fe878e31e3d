/** A chat webhook for tests: it records what is posted and sends the set answers. */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookServer {
  /** With a key in its path, as webhooks have it. */
  readonly address: string;
  /** Bodies in the order of arrival. */
  readonly posted: readonly string[];
  /** Requested paths, in the same order. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

export const HOOK_KEY = 'T0ABCDEF/B0ABCDEF/hush-hush-0123456789';

/**
 * Reads each body completely before it answers, so that a lost answer follows an accepted message.
 */
export async function startWebhook(
  answer: (response: ServerResponse) => void,
): Promise<WebhookServer> {
  const posted: string[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      posted.push(Buffer.concat(chunks).toString('utf8'));
      paths.push(request.url ?? '');
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/services/${HOOK_KEY}?sig=hush-signature`,
    posted,
    paths,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function textReply(status: number, text: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(text);
  };
}

/** A proxy between a source and its provider that applies a fault to each answer. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of a healthy provider. */
export interface CleanAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** What happens to an answer on its way. */
export type AnswerFault = (response: ServerResponse, answer: CleanAnswer) => void;

export interface FaultServer {
  readonly origin: string;
  /** Path and query of every request, in order. */
  readonly asked: readonly string[];
  /** Bodies of POST requests, in order; each was read whole before its answer. */
  readonly posted: readonly string[];
  /** The fault applied to answers from now on; `undefined` for none. */
  befall(fault: ((path: string) => AnswerFault | undefined) | undefined): void;
  /** @throws the error of a fault itself: to the client it looks like a closed connection. */
  close(): Promise<void>;
}

/**
 * A provider with recorded answers: each question is asked once, because the provider's state does
 * not change. The body of a POST follows a `#`, as in the address that is stored for it.
 */
export type RecordedProvider = (
  path: string,
  headers: IncomingMessage['headers'],
) => Promise<CleanAnswer>;

/** A provider that listens at `origin`. */
export function providerAt(origin: string): RecordedProvider {
  const known = new Map<string, Promise<CleanAnswer>>();
  return (path, headers) => {
    const own = ownHeaders(headers);
    const key = `${path} ${JSON.stringify(own)}`;
    const answer = known.get(key) ?? asked(new URL(path, origin), own);
    known.set(key, answer);
    return answer;
  };
}

/** Headers of one connection; each connection has its own. */
const OF_THE_CONNECTION = /^(?:host|connection|keep-alive|accept-encoding|content-length)$/;

/** The headers by which the client identifies itself. */
function ownHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

async function asked(url: URL, headers: Record<string, string>): Promise<CleanAnswer> {
  const sent = decodeURIComponent(url.hash.slice(1));
  const how = sent === '' ? {} : { method: 'POST', body: sent };
  const response = await fetch(url, { headers, ...how });
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type') ?? '', body };
}

export const untouched: AnswerFault = (response, { status, type, body }) => {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length });
  response.end(body);
};

export async function startFaultServer(provider: RecordedProvider): Promise<FaultServer> {
  const seen: string[] = [];
  const posted: string[] = [];
  let fault: ((path: string) => AnswerFault | undefined) | undefined;
  let broken: Error | undefined;
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const at = request.url ?? '/';
    seen.push(at);
    const answer = async () => {
      const body = Buffer.concat(await request.toArray()).toString('utf8');
      if (request.method === 'POST') posted.push(body);
      const path = body === '' ? at : `${at}#${body}`;
      const clean = await provider(path, request.headers);
      try {
        (fault?.(path) ?? untouched)(response, clean);
      } catch (error) {
        broken ??= error as Error;
        throw error;
      }
    };
    answer().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked: seen,
    posted,
    befall: (next) => void (fault = next),
    close: () =>
      new Promise((resolve, reject) => {
        server.close(() => (broken === undefined ? resolve() : reject(broken)));
        server.closeAllConnections();
      }),
  };
}

/** An address at which nothing listens. */
export async function closedOrigin(): Promise<string> {
  const server = await startFaultServer(() => Promise.reject(new Error('asked')));
  await server.close();
  return server.origin;
}

/** Serves an emulator on a free port of 127.0.0.1, and records its requests. */

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { invariant } from '../../domain/failure.ts';

export interface EmulatorRequest {
  readonly method: string;
  readonly path: string;
  /** Parameters of the URL and of a form-encoded body. */
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The request body. */
  readonly body: string;
}

export interface EmulatorResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** All requests so far, oldest first: `GET /v2/pods`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** The clock of every emulator, which the demo sets. */
export interface EmulatorTime {
  readonly nowMs: () => number;
}

export function jsonResponse(value: unknown, status = 200): EmulatorResponse {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

const MAX_BODY_BYTES = 1_000_000;

/** Listens on a free port of 127.0.0.1 and handles each request with `handle`. */
export async function startEmulator(
  handle: (request: EmulatorRequest) => EmulatorResponse,
): Promise<Emulator> {
  const requests: string[] = [];
  // The client is in this process: while it computes, idle connections must stay open.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    handleRequest(request, handle).then(
      (result) => send(response, result),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: urlOf(server), requests, close: () => close(server) };
}

async function handleRequest(
  request: IncomingMessage,
  handle: (request: EmulatorRequest) => EmulatorResponse,
): Promise<EmulatorResponse> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const query = new URLSearchParams(url.searchParams);
  const { method = 'GET', headers } = request;
  const sent = await bodyOf(request);
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  for (const [name, value] of new URLSearchParams(isForm ? sent : '')) query.append(name, value);
  const { authorization } = headers;
  return handle({ method, path: url.pathname, query, authorization, headers, body: sent });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    invariant(bytes <= MAX_BODY_BYTES, 'a request to an emulator is small');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, result: EmulatorResponse): void {
  const body = Buffer.from(result.body, 'utf8');
  response.writeHead(result.status, {
    'content-type': result.type,
    'content-length': body.length,
    ...result.headers,
  });
  response.end(body);
}

function urlOf(server: Server): string {
  const address = server.address();
  invariant(typeof address === 'object' && address !== null, 'a listening server has a port');
  return `http://127.0.0.1:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
  server.closeAllConnections();
  await closed;
}

/** A real HTTP server on the loopback in place of a provider. Each test sets its replies. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly method: string;
  /** The request body. Empty for most. */
  readonly body: string;
}

export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

export interface TestServer {
  readonly origin: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Closes all connections, also those that hang. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 at a free port and answers each request with `reply`. */
export async function startServer(reply: Reply): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  // The test runs in this same process. While it computes, no connection may be closed as idle.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://loopback');
    const { headers, method = 'GET' } = incoming;
    const answer = (body: string) => {
      const seen = { path: url.pathname, query: url.searchParams, headers, method, body };
      requests.push(seen);
      reply(response, seen);
    };
    if (method === 'GET') answer('');
    else void text(incoming).then(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Replies with JSON. A string is sent unchanged, so that a body can be broken on purpose. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(text);
  };
}

export function html(status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<!DOCTYPE html><html><body>Just a moment...</body></html>');
  };
}

/** Announces more than it sends, then drops the connection. */
export function truncated(body: unknown): Reply {
  const text = JSON.stringify(body);
  return (response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    });
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
  };
}

/** Never answers. The connection stays open until the server is closed. */
export const neverReply: Reply = () => undefined;

/** Drops the connection before a byte is sent. */
export const dropConnection: Reply = (response) => {
  response.destroy();
};

/** The first reply for the first request and so on. The last one repeats. */
export function repliesInOrder(...replies: readonly [Reply, ...Reply[]]): Reply {
  let turn = 0;
  return (response, request) => {
    const reply = replies[Math.min(turn, replies.length - 1)] ?? replies[0];
    turn += 1;
    reply(response, request);
  };
}

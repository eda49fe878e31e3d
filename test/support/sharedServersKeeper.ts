/** Shares one Redis, Prometheus and browser among all tests, each started on first use. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { serveChromium } from './chromium.ts';
import type { SharedServer } from './sharedServers.ts';
import { servePrometheus } from './prometheus.ts';
import { serveRedis } from './redis.ts';
import { stories } from './prometheusStories.ts';

const STARTS: Readonly<Record<string, () => Promise<SharedServer>>> = {
  redis: serveRedis,
  chromium: serveChromium,
  prometheus: () => servePrometheus(stories()),
};

/** Answers `GET /redis` with the address of the shared Redis. Runs outside the test processes. */
export default async function keep(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<string, Promise<SharedServer>>();
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const kept = running.get(name) ?? STARTS[name]?.() ?? Promise.reject(new Error(`no ${name}`));
    running.set(name, kept);
    kept.then(
      ({ address }) => response.end(address),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  project.provide('keeper', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    for (const kept of running.values()) await (await kept).stop();
  };
}

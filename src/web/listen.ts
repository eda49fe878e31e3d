/** Starts the web server, and retries while its address is not available. */

import { buildServer } from './server.ts';
import type { WebServices } from './site.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
}

export interface WebServer {
  /** `http://127.0.0.1:8480`; `undefined` while the server cannot listen. */
  origin(): string | undefined;
  /** Finishes requests in progress, then closes the server. */
  close(): Promise<void>;
}

/** Errors that may pass: another process has the port, or the network is not up yet. */
const TEMPORARY_ERRORS = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];
const RETRY_MS = 15_000;

/**
 * Serves the pages. If that fails, the error is logged and the worker runs without pages. After a
 * temporary error the server tries again every 15 seconds.
 */
export async function startWebServer(
  site: WebServices,
  { host, port }: ListenAddress,
): Promise<WebServer> {
  const { log } = site;
  const app = await buildServer(site);
  let timer: NodeJS.Timeout | undefined;
  let origin: string | undefined;
  const listen = async (): Promise<void> => {
    try {
      // A new object: fastify modifies its options, and the config is frozen.
      origin = await app.listen({ host, port });
      log.info('pages are served', { at: origin });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      log.warn('pages are not served', { host, port, problem: message });
      if (TEMPORARY_ERRORS.includes(code ?? '')) timer = setTimeout(() => void listen(), RETRY_MS);
    }
  };
  await listen();
  return {
    origin: () => origin,
    async close() {
      clearTimeout(timer);
      await app.close();
    },
  };
}

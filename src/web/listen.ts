/** Listens on the address of the pages, and tries again while it is taken. */

import { buildServer } from './server.ts';
import type { Site } from './site.ts';

export interface Place {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface ServedWeb {
  /** `http://127.0.0.1:8480`; `undefined` while another program has the port. */
  origin(): string | undefined;
  /** Lets answers that are under way finish. */
  close(): Promise<void>;
}

/** Another worker on this machine may have the port, or a network is not up yet: both may pass. */
const PASSING = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];
const AGAIN_MS = 15_000;

/**
 * Serves the pages. A worker that cannot serve them still works: why is logged, and where that may
 * pass it is tried again.
 */
export async function serve(site: Site, { host, port }: Place): Promise<ServedWeb> {
  const { log } = site;
  const app = await buildServer(site);
  let timer: NodeJS.Timeout | undefined;
  let origin: string | undefined;
  const listen = async (): Promise<void> => {
    try {
      // A copy: fastify writes into what it is given, and config is frozen.
      origin = await app.listen({ host, port });
      log.info('pages are served', { at: origin });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      log.warn('pages are not served', { host, port, problem: message });
      if (PASSING.includes(code ?? '')) timer = setTimeout(() => void listen(), AGAIN_MS);
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

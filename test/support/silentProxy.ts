/** A TCP proxy that can go silent: connections stay open, and no data passes. */

import { connect, createServer, type Socket } from 'node:net';

export interface SilentProxy {
  readonly port: number;
  /** Silences all open connections forever. New ones still work. */
  cut(): void;
  /** Silences all connections, new ones too, until `hear`. */
  silence(): void;
  /** New connections work again. The old ones stay silent. */
  resume(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Listens on a free port of 127.0.0.1, and forwards data to the port and back. */
export async function startSilentProxy(toPort: number): Promise<SilentProxy> {
  const pairs = new Set<Pair>();
  let isDeaf = false;
  const silence = ({ near, far }: Pair) => {
    for (const socket of [near, far]) {
      socket.unpipe();
      socket.pause();
    }
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const far = connect(toPort, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => {
      far.destroy();
      pairs.delete(pair);
    });
    if (isDeaf) return;
    far.on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut: () => pairs.forEach(silence),
    silence() {
      isDeaf = true;
      pairs.forEach(silence);
    },
    resume() {
      isDeaf = false;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      await closed;
    },
  };
}

/** Redis is checked before jobs are added to it, and the check always ends. */

import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { checkRedis } from '../../src/schedule/checkRedis.ts';

it('a Redis that does not answer is reported by its URL, without a password', async () => {
  const start = checkRedis({ address: 'redis://user:hidden@127.0.0.1:1/0?password=hidden' });
  await expect(start).rejects.toMatchObject({
    code: 'unavailable',
    message: 'cannot reach Redis at redis://127.0.0.1:1/0',
    hint: expect.stringContaining('redis.url'),
  });
  await expect(start).rejects.not.toMatchObject({ hint: expect.stringContaining('hidden') });
});

it('a server that accepts the connection and never replies is given up', async () => {
  const mute = createServer((socket) => void socket.on('error', () => undefined));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void mute.close());
  const { port } = mute.address() as { readonly port: number };
  await expect(checkRedis({ address: `redis://127.0.0.1:${port}` }, 500)).rejects.toMatchObject({
    code: 'unavailable',
    hint: expect.stringContaining('no answer within 0.5 s'),
  });
});

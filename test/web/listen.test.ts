/** Where the pages listen, and what the configuration sets for signing in. */

import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSecret } from '../../src/platform/secret.ts';
import { toAccessSettings } from '../../src/web/auth/access.ts';
import { startWebServer } from '../../src/web/server.ts';
import { freePort } from '../support/ports.ts';
import { createSite } from './siteFixture.ts';

test('pages are served on a free port, and no longer after closing', async () => {
  const made = await createSite();
  const web = await startWebServer(made.site, Object.freeze({ host: '127.0.0.1', port: 0 }));
  const origin = web.origin();
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(made.logged).toEqual([`pages are served {"at":"${origin}"}`]);
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  await web.close();
  await expect(fetch(`${origin}/healthz`)).rejects.toThrow('fetch failed');
});

test('if the port is taken the worker continues, and serves once it is free', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const made = await createSite();
  const web = await startWebServer(made.site, { host: '127.0.0.1', port });
  expect(web.origin()).toBe(undefined);
  expect(made.logged[0]).toContain('pages are not served');
  expect(made.logged[0]).toContain('EADDRINUSE');
  await new Promise((resolve) => other.close(resolve));
  await vi.advanceTimersByTimeAsync(15_000);
  await expect.poll(() => web.origin()).toBe(`http://127.0.0.1:${port}`);
  await web.close();
});

test('if the address is not up yet, it is tried again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const made = await createSite();
  // From a network for documentation only: no machine has this address.
  const web = await startWebServer(made.site, { host: '203.0.113.7', port: 8480 });
  expect(made.logged).toEqual([expect.stringContaining('EADDRNOTAVAIL')]);
  await vi.advanceTimersByTimeAsync(15_000);
  await expect.poll(() => made.logged.length).toBeGreaterThanOrEqual(2);
  await web.close();
});

test('names, proxy, token and link of the config become authentication options', () => {
  const token = createSecret('${TOKEN}', () => 'sixteen letters!');
  const proxyAuth = { header: 'x-user', from: ['::1'] };
  const link = 'https://Audit.example.com:8443';
  const trustedProxies = ['10.0.0.0/8'];
  const options = { host: '0.0.0.0', token, proxyAuth, trustedProxies };
  expect(toAccessSettings({ ...options, link: new URL(link).origin })).toEqual({
    hostNames: ['127.0.0.1', '::1', 'localhost', '0.0.0.0', 'audit.example.com'],
    trustedProxies,
    secureCookies: true,
    publicHost: 'audit.example.com:8443',
    proxy: proxyAuth,
    token: 'sixteen letters!',
  });
});

test('a token that could be guessed is refused, and not repeated', () => {
  const token = createSecret('${TOKEN}', () => 'fifteen letters');
  expect(() => toAccessSettings({ host: '127.0.0.1', token })).toThrow(
    'Invalid token: the secret ${TOKEN} is too short',
  );
});

/** Finds Chromium: on the PATH, or else installed by apt as root, or else fails with what to do. */

import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import { aptInstalls } from './apt.ts';
import { sharedServerAddress, type SharedServer } from './sharedServers.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function onPath(): string | undefined {
  return NAMES.map((name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }))
    .map(({ stdout }) => stdout.trim())
    .find((path) => path !== '');
}

/** Path of a Chromium. Prints one line if it had to install one. */
export function chromiumPath(): string {
  const found = onPath();
  if (found !== undefined) return found;
  aptInstalls('chromium', 'chromium');
  const installed = onPath();
  if (installed !== undefined) return installed;
  throw new Error(
    'no Chromium found; install one: apt-get install chromium, ' +
      'brew install --cask chromium, or put google-chrome on the PATH',
  );
}

/** The shared headless browser of this test run. `close` closes only the pages opened here. */
export async function launchChromium(): Promise<Browser> {
  return chromium.connect(await sharedServerAddress('chromium'));
}

/** Starts a browser that many tests can use at once. */
export async function serveChromium(): Promise<SharedServer> {
  const executablePath = chromiumPath();
  const server = await chromium.launchServer({
    executablePath,
    host: '127.0.0.1',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions'],
  });
  process.stderr.write(`tests use the browser ${executablePath}\n`);
  return { address: server.wsEndpoint(), stop: () => server.close() };
}

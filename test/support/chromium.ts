/** Knows where a Chromium is: on the PATH, else installed by apt as root, else not without help. */

import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import { aptInstalls } from './apt.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function onPath(): string | undefined {
  return NAMES.map((name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }))
    .map(({ stdout }) => stdout.trim())
    .find((path) => path !== '');
}

/** Path of a Chromium; says in one line when it had to install one. */
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

/** A browser without a window; close it when done. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions'],
  });
}

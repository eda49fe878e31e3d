/** Starts the program: the guard first, then the compile cache, secrets in `.env`, and the rest. */

import { programVersion } from './main/guard.js';
import { existsSync } from 'node:fs';
import { enableCompileCache } from './main/compileCache.js';

/** Loads `.env`; variables that are already set take precedence. */
function readSecrets() {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    return true;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    process.stderr.write(
      `rentcheck: Cannot read .env (${reason})\n` +
        '  expected: a text file with lines like NAME=value, readable for this user\n' +
        '  do:       fix it or move it away; secrets can also come from the environment\n',
    );
    return false;
  }
}

/**
 * Sends requests through the proxies of the environment or of `.env`, except to the hosts in
 * NO_PROXY. With NODE_USE_ENV_PROXY, Node has already done so at its start.
 */
async function useProxies() {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
  const isNamed = names.some((name) => (process.env[name] ?? '') !== '');
  if (!isNamed || process.env['NODE_USE_ENV_PROXY'] === '1') return true;
  const http = await import('node:http');
  try {
    http.setGlobalProxyFromEnv?.();
    return true;
  } catch {
    // Node's error quotes the address, which may contain a password.
    process.stderr.write(
      'rentcheck: Invalid proxy address in the environment\n' +
        '  expected: HTTPS_PROXY and HTTP_PROXY like http://proxy.example:3128\n' +
        '  do:       fix it, or unset it if there is no proxy\n',
    );
    return false;
  }
}

/** True for `--version` alone, which needs no other module. */
function asksVersion() {
  const [first = '', ...rest] = process.argv.slice(2);
  return rest.length === 0 && ['--version', '-V'].includes(first);
}

async function run() {
  enableCompileCache();
  if (readSecrets() && (await useProxies())) await import('./main/main.ts');
  else process.exitCode = 2;
}

if (asksVersion()) process.stdout.write(`${programVersion}\n`);
else await run();

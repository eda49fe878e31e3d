/** An old Node is refused in one line, before anything native is loaded. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './tree.ts';

const REFUSAL =
  /^rentcheck needs Node \d+\.\d+ or newer; this is Node [\d.]+\. .*npm.*nodejs\.org\.\n$/;

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'rentcheck-guard-'));
  for (const name of ['main/guard.js', 'main/compileCache.js', 'start.js']) {
    cpSync(join(ROOT, 'src', name), join(house, 'src', name));
  }
  writeFileSync(join(house, 'src/main/main.ts'), "process.stdout.write('started\\n');\n");
});

afterAll(() => rmSync(house, { recursive: true }));

function start(node: string, needed: string) {
  writeFileSync(
    join(house, 'package.json'),
    JSON.stringify({ type: 'module', engines: { node: `>=${needed}` } }),
  );
  const { status, stdout, stderr } = spawnSync(node, [join(house, 'src/start.js')], {
    encoding: 'utf8',
    env: { ...process.env, HOME: house },
  });
  return { status, stdout, stderr };
}

describe('the guard', () => {
  it('lets the program start on this Node and on the exact version that is needed', () => {
    const started = { status: 0, stdout: 'started\n', stderr: '' };
    expect(start(process.execPath, '24.11')).toEqual(started);
    expect(start(process.execPath, process.versions.node)).toEqual(started);
  });

  it.each([
    ['a later major version', '99.0'],
    ['a later minor version', `${process.versions.node.split('.')[0]}.99`],
  ])('refuses if %s is needed, and says what to do', (_, needed) => {
    const { status, stdout, stderr } = start(process.execPath, needed);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toMatch(REFUSAL);
  });

  it('refuses a Node that is too old', () => {
    const own = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));
    const node = own ?? process.execPath;
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.slice(1);
    const { status } = start(node, '24.11');
    expect(status).toBe(Number(version.split('.')[0]) >= 24 ? 0 : 3);
  });
});

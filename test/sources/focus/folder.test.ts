import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Objects } from './emulator.ts';
import { AWS_ROOT, billCsv, putAws, putAzure } from './exports.ts';
import { secret, startBillSource } from './stage.ts';

const JULY_5 = Date.UTC(2026, 6, 5);
const row = (resource: string, usd: string) => ({ resource, usd, hour: '2026-07-01T00' });

/** The objects as files; `below` is where the copy begins. */
async function copied(objects: Objects, below = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [key, { body, modifiedMs }] of objects) {
    const path = join(folder, key.slice(below.length));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, body);
    await utimes(path, modifiedMs / 1000, modifiedMs / 1000);
  }
  return folder;
}

function july(): Objects {
  const objects: Objects = new Map();
  const files = { 'a.csv': billCsv(row('i-1', '1')), 'b.csv': billCsv(row('i-2', '2')) };
  putAws(objects, { month: '2026-07', atMs: JULY_5, files });
  return objects;
}

test.each(['', `${AWS_ROOT}/`])(
  'a folder that is a copy of a bucket, from "%s" on, has the same bill',
  async (below) => {
    const folder = await copied(july(), below);
    const at = await startBillSource({ options: () => ({ folder }) });
    expect(await at.pull()).toMatchObject({ added: 2, failures: [] });
    expect(await at.spend()).toEqual({ 'i-1': '1', 'i-2': '2' });
    expect(await at.pull()).toMatchObject({ added: 0, restated: 0, failures: [] });
    const request = { window: { startMs: JULY_5, endMs: JULY_5 + 1 }, usage: [], models: [] };
    const all = await Array.fromAsync(at.sourceOf({}).pull(request));
    expect(all.at(-1)?.fetch.url).toMatch(/^file:.*data\/BILLING_PERIOD=2026-07\/b\.csv#\d+-/);
    expect(all.at(-1)?.fetch.digest).toMatch(/^[0-9a-f]{64}$/);
  },
);

test('an Azure export that was copied is read by its newest run', async () => {
  const objects: Objects = new Map();
  for (const [run, usd, day] of [
    ['r1', '1', '04'],
    ['r2', '2', '05'],
  ] as const) {
    putAzure(objects, {
      period: '20260701-20260731',
      run,
      files: { 'part_0.csv': billCsv(row('vm', usd)) },
      submitted: `2026-07-${day}T02:00:00Z`,
      modifiedMs: JULY_5,
    });
  }
  const folder = await copied(objects);
  const at = await startBillSource({ options: () => ({ folder }) });
  await at.pull();
  expect(await at.spend()).toEqual({ vm: '2' });
});

test('a link to a file is read as the file, and a link to a folder is refused', async () => {
  const folder = await copied(july());
  const links = await copied(new Map());
  const from = join(folder, AWS_ROOT, 'data/BILLING_PERIOD=2026-07');
  await symlink(join(from, 'a.csv'), join(links, '2026-07.csv'));
  await mkdir(join(links, '.cache'));
  await writeFile(join(links, '.cache', '2026-07.csv'), billCsv(row('hidden', '9')));
  const at = await startBillSource({ options: () => ({ folder: links }) });
  expect(await at.pull()).toMatchObject({ added: 1, failures: [] });
  expect(await at.spend()).toEqual({ 'i-1': '1' });
  await symlink(from, join(links, '2026-08'));
  const { failures } = await at.pull();
  expect(failures).toMatchObject([{ code: 'config' }]);
  expect(failures[0]?.message).toContain('2026-08 is a link to a folder');
});

test('a missing folder is named', async () => {
  const at = await startBillSource({ options: () => ({ folder: '/nowhere/at/all' }) });
  const { failures } = await at.pull();
  expect(failures).toMatchObject([{ code: 'not-found' }]);
  expect(failures[0]?.message).toContain('check folder and prefix');
});

test('options name one place, a bucket with its keys, or a folder by absolute path', async () => {
  const { focusKind } = await import('../../../src/sources/registry.ts');
  const fault = (options: object) => focusKind.options.safeParse(options).error?.issues[0]?.message;
  expect(fault({})).toContain('set one location of the bills; found none');
  expect(fault({ folder: '/a', containerUrl: secret('x') })).toContain('containerUrl and folder');
  expect(fault({ bucket: 'b' })).toContain('a bucket cannot be opened without it');
  expect(fault({ folder: 'a' })).toContain('expected an absolute path');
  expect(fault({ folder: '/a' })).toBeUndefined();
});

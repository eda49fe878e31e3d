/** Knows what stands in a folder: whole messages, each once, under names that lead nowhere else. */

import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderChannel } from '../../../src/delivery/channels/folder.ts';
import { composeParcel } from '../../../src/delivery/eml.ts';
import { parcelOf } from '../../support/parcel.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'rentcheck-folder-'));
const ready = () => Promise.resolve();

test('the same message again finds its file and changes nothing', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeParcel);
  const message = await channel.prepare(parcelOf());
  const wish = { recipient: 'cfo@example.com', beforeHandOver: ready };
  const first = await channel.hand(message, wish);
  const [name = ''] = readdirSync(folder);
  const { mtimeMs, ino } = statSync(join(folder, name));
  expect(await channel.hand(message, wish)).toEqual(first);
  expect(readdirSync(folder)).toEqual([name]);
  expect(statSync(join(folder, name))).toMatchObject({ mtimeMs, ino });
  expect(Buffer.from(message).equals(readFileSync(join(folder, name)))).toBe(true);
  expect(name).toMatch(/^cfo@example\.com-[0-9a-f]{16}\.eml$/);
});

test('a file that died half-written under that name is replaced by the whole message', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeParcel);
  const message = await channel.prepare(parcelOf());
  const wish = { recipient: 'a@b', beforeHandOver: ready };
  await channel.hand(message, wish);
  const path = join(folder, readdirSync(folder)[0] ?? '');
  truncateSync(path, 10);
  expect(await channel.hand(message, wish)).toEqual({ kind: 'sent', reply: path });
  expect(Buffer.from(message).equals(readFileSync(path))).toBe(true);
});

test('a recipient that looks like a path stays a name', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeParcel);
  const recipient = '../../etc/passwd@b';
  await channel.hand(await channel.prepare(parcelOf()), { recipient, beforeHandOver: ready });
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^__\.\._etc_passwd@b-\w+\.eml$/)]);
});

test('nothing is left behind where it may not be handed over', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeParcel);
  const message = await channel.prepare(parcelOf());
  const beforeHandOver = () => Promise.reject(new Error('lost claim'));
  await expect(channel.hand(message, { recipient: 'a@b', beforeHandOver })).rejects.toThrow('lost');
  expect(readdirSync(folder)).toEqual([]);
});

test('folders on the way are made', async () => {
  const folder = join(scratch(), 'a', 'b');
  await folderChannel(folder, composeParcel).check();
  expect(readdirSync(folder)).toEqual([]);
});

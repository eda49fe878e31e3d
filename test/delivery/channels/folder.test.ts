/** Knows what stands in a folder: whole messages, each once, under names that lead nowhere else. */

import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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

/** A folder in which a worker died: right before the file got its name, or right after. */
async function died(when: 'before' | 'after') {
  const folder = scratch();
  const channel = folderChannel(folder, composeParcel);
  const message = await channel.prepare(parcelOf());
  const recipient = 'cfo@example.com';
  const dead = scratch();
  await channel.hand(message, {
    recipient,
    beforeHandOver: async () => {
      // What a dead worker leaves behind is put back below.
      for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(dead, name));
    },
  });
  const [name = ''] = readdirSync(folder);
  const [part = ''] = readdirSync(dead);
  if (when === 'before') {
    rmSync(join(folder, name));
    copyFileSync(join(dead, part), join(folder, part));
  }
  return { folder, name, part, lookUp: () => channel.lookUp?.(message, recipient) };
}

test('what a dead worker had named is found to be sent', async () => {
  const { folder, name, lookUp } = await died('after');
  expect(await lookUp()).toEqual({ kind: 'sent', reply: join(folder, name) });
});

test('what a dead worker had not named is unsent, and nobody can name it any more', async () => {
  const { folder, lookUp } = await died('before');
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.cfo@.*\.part$/)]);
  expect(await lookUp()).toMatchObject({ kind: 'unsent' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that was taken away leaves a doubt, and so does a folder out of reach', async () => {
  const { folder, name, lookUp } = await died('after');
  rmSync(join(folder, name));
  expect(await lookUp()).toBeUndefined();
  rmSync(folder, { recursive: true });
  expect(await lookUp()).toBeUndefined();
  writeFileSync(folder, 'a file where the folder was');
  expect(await lookUp()).toBeUndefined();
});

test('a half-written file under that name does not count as sent', async () => {
  const { folder, name, lookUp } = await died('after');
  truncateSync(join(folder, name), 10);
  expect(await lookUp()).toBeUndefined();
});

test('a later try sweeps up what an earlier one left', async () => {
  const { folder, name, part } = await died('before');
  const channel = folderChannel(folder, composeParcel);
  const message = await channel.prepare(parcelOf());
  await channel.hand(message, { recipient: 'cfo@example.com', beforeHandOver: ready });
  expect(readdirSync(folder)).toEqual([name]);
  expect(part).not.toBe(name);
});

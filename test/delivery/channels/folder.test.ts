/**
 * The folder channel: whole messages, each written once, under names that stay inside the folder.
 */

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
import { composeMessage } from '../../../src/delivery/eml.ts';
import { makeOutgoing } from '../../support/outgoing.ts';

const scratch = () => mkdtempSync(join(tmpdir(), 'rentcheck-folder-'));
const ready = () => Promise.resolve();

test('the same message again finds its file and changes nothing', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeMessage);
  const message = await channel.prepare(makeOutgoing());
  const options = { recipient: 'cfo@example.com', beforeSend: ready };
  const first = await channel.send(message, options);
  const [name = ''] = readdirSync(folder);
  const { mtimeMs, ino } = statSync(join(folder, name));
  expect(await channel.send(message, options)).toEqual(first);
  expect(readdirSync(folder)).toEqual([name]);
  expect(statSync(join(folder, name))).toMatchObject({ mtimeMs, ino });
  expect(Buffer.from(message).equals(readFileSync(join(folder, name)))).toBe(true);
  expect(name).toMatch(/^cfo@example\.com-[0-9a-f]{16}\.eml$/);
});

test('a partial file from a killed run is replaced by the whole message', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeMessage);
  const message = await channel.prepare(makeOutgoing());
  const options = { recipient: 'a@b', beforeSend: ready };
  await channel.send(message, options);
  const path = join(folder, readdirSync(folder)[0] ?? '');
  truncateSync(path, 10);
  expect(await channel.send(message, options)).toEqual({ kind: 'sent', reply: path });
  expect(Buffer.from(message).equals(readFileSync(path))).toBe(true);
});

test('a recipient that looks like a path stays a name', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeMessage);
  const recipient = '../../etc/passwd@b';
  await channel.send(await channel.prepare(makeOutgoing()), { recipient, beforeSend: ready });
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^__\.\._etc_passwd@b-\w+\.eml$/)]);
});

test('nothing is left behind if the hand-over is refused', async () => {
  const folder = scratch();
  const channel = folderChannel(folder, composeMessage);
  const message = await channel.prepare(makeOutgoing());
  const beforeSend = () => Promise.reject(new Error('lost claim'));
  await expect(channel.send(message, { recipient: 'a@b', beforeSend })).rejects.toThrow('lost');
  expect(readdirSync(folder)).toEqual([]);
});

test('missing folders of the path are created', async () => {
  const folder = join(scratch(), 'a', 'b');
  await folderChannel(folder, composeMessage).check();
  expect(readdirSync(folder)).toEqual([]);
});

/** A folder in which a worker died, right before or right after it renamed the file. */
async function died(when: 'before' | 'after') {
  const folder = scratch();
  const channel = folderChannel(folder, composeMessage);
  const message = await channel.prepare(makeOutgoing());
  const recipient = 'cfo@example.com';
  const dead = scratch();
  await channel.send(message, {
    recipient,
    beforeSend: async () => {
      // Restores what the dead worker left, after the run below.
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

test('a file that a dead worker had renamed counts as sent', async () => {
  const { folder, name, lookUp } = await died('after');
  expect(await lookUp()).toEqual({ kind: 'sent', reply: join(folder, name) });
});

test('a file that a dead worker had not renamed is unsent, and stays so', async () => {
  const { folder, lookUp } = await died('before');
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.cfo@.*\.part$/)]);
  expect(await lookUp()).toMatchObject({ kind: 'unsent' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that was removed leaves a doubt, and so does an unreachable folder', async () => {
  const { folder, name, lookUp } = await died('after');
  rmSync(join(folder, name));
  expect(await lookUp()).toBeUndefined();
  rmSync(folder, { recursive: true });
  expect(await lookUp()).toBeUndefined();
  writeFileSync(folder, 'a file where the folder was');
  expect(await lookUp()).toBeUndefined();
});

test('a partial file under that name does not count as sent', async () => {
  const { folder, name, lookUp } = await died('after');
  truncateSync(join(folder, name), 10);
  expect(await lookUp()).toBeUndefined();
});

test('a later attempt removes what an earlier one left', async () => {
  const { folder, name, part } = await died('before');
  const channel = folderChannel(folder, composeMessage);
  const message = await channel.prepare(makeOutgoing());
  await channel.send(message, { recipient: 'cfo@example.com', beforeSend: ready });
  expect(readdirSync(folder)).toEqual([name]);
  expect(part).not.toBe(name);
});

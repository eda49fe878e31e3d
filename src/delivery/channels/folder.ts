/** How a message becomes a file in a folder: whole or not at all, and the same one once. */

import { readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Handed, LookedUp } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import { sha256Hex } from '../../platform/digest.ts';
import { ensureFolder, syncFolder, writeAside } from '../../platform/writing.ts';
import type { Channel, Handing, Parcel } from '../channel.ts';

/**
 * One `.eml` a message. It is written under another name and on disk before it gets its own, so
 * that who looks finds whole files alone; the same message again finds its file there.
 */
export function folderChannel(
  folder: string,
  compose: (parcel: Parcel) => Promise<Uint8Array>,
): Channel {
  return {
    kind: 'folder',
    prepare: compose,
    hand: (message, handing) => hand(folder, message, handing),
    lookUp: (message, recipient) => lookUp(folder, fileName(message, recipient), message),
    check: () => checkFolder(folder),
  };
}

async function hand(folder: string, message: Uint8Array, handing: Handing): Promise<Handed> {
  const name = fileName(message, handing.recipient);
  const path = join(folder, name);
  let waiting: string | undefined;
  try {
    // What a try before this one left behind would say that this one never came to its end.
    await withdrawn(folder, name);
    if (!(await holds(path, message))) waiting = await written(path, message);
  } catch (error) {
    return { kind: 'deferred', reply: `cannot write to ${folder}: ${reasonOf(error)}` };
  }
  try {
    await handing.beforeHandOver();
  } catch (error) {
    if (waiting !== undefined) await rm(waiting, { force: true });
    throw error;
  }
  return waiting === undefined ? { kind: 'sent', reply: path } : named(folder, waiting, path);
}

async function named(folder: string, waiting: string, path: string): Promise<Handed> {
  try {
    await rename(waiting, path);
    await syncFolder(folder);
  } catch (error) {
    // Whether the name is there can be looked up: a file leaves no doubt.
    if (!(await isThere(path))) {
      return { kind: 'deferred', reply: `cannot write ${path}: ${reasonOf(error)}` };
    }
  }
  return { kind: 'sent', reply: path };
}

/**
 * Whoever died over it left the file, or what was to become it. Where neither is there, somebody
 * took a file away, and whether that was a reader cannot be known.
 */
async function lookUp(
  folder: string,
  name: string,
  message: Uint8Array,
): Promise<LookedUp | undefined> {
  const path = join(folder, name);
  try {
    if (await holds(path, message)) return { kind: 'sent', reply: path };
    // Taken away, it cannot get its name any more, should its worker only have slept.
    const left = await withdrawn(folder, name);
    if (left) return { kind: 'unsent', reply: `${path} was not written` };
    return (await holds(path, message)) ? { kind: 'sent', reply: path } : undefined;
  } catch (error) {
    // A folder that cannot be read tells nothing; it is asked again.
    if (codeOf(error) !== UNKNOWN) return undefined;
    throw error;
  }
}

/** Takes away what was to become the file; false where nothing was there to be taken. */
async function withdrawn(folder: string, name: string): Promise<boolean> {
  const files = await readdir(folder).catch(noFolder);
  const parts = files.filter((file) => file.startsWith(`.${name}.`) && file.endsWith('.part'));
  const taken = await Promise.all(parts.map((part) => removed(join(folder, part))));
  return taken.includes(true);
}

function noFolder(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function written(path: string, message: Uint8Array): Promise<string> {
  await ensureFolder(dirname(path));
  return writeAside(path, message);
}

async function holds(path: string, message: Uint8Array): Promise<boolean> {
  try {
    return Buffer.from(message).equals(await readFile(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

/** `cfo@example.com-5f2a….eml`: whose it is, and which message; nothing in it is a path. */
function fileName(message: Uint8Array, recipient: string): string {
  const whose = recipient.replace(/[^A-Za-z0-9@._+-]/g, '_').replace(/^[.-]+/, '_');
  return `${whose.slice(0, 80)}-${sha256Hex(message).slice(0, 16)}.eml`;
}

async function checkFolder(folder: string): Promise<ChannelFact> {
  try {
    await rm(await written(join(folder, 'check'), new Uint8Array()));
    return { code: 'folder-writable', path: folder };
  } catch (cause) {
    throw new Failure('file-unreadable', `cannot write to ${folder}: ${reasonOf(cause)}`, {
      where: folder,
      hint: 'use another folder in report.channels, or make this one writable for this user',
      cause,
    });
  }
}

const UNKNOWN = 'unknown error';

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? UNKNOWN;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The folder channel: writes each message to a file, completely or not at all, and only once. */

import { readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SendResult, LookupResult } from '../../domain/delivery.ts';
import { Failure } from '../../domain/failure.ts';
import type { ChannelFact } from '../../domain/finding.ts';
import { sha256Hex } from '../../platform/digest.ts';
import { ensureFolder, syncFolder, writeTemporaryFile } from '../../platform/files.ts';
import type { Channel, SendRequest, OutgoingMessage } from '../channel.ts';

/**
 * One `.eml` file per message. It is written to disk under a temporary name and then renamed, so
 * that readers see only complete files. The same message always has the same file name.
 */
export function folderChannel(
  folder: string,
  compose: (outgoing: OutgoingMessage) => Promise<Uint8Array>,
): Channel {
  return {
    kind: 'folder',
    prepare: compose,
    send: (message, handing) => hand(folder, message, handing),
    lookUp: (message, recipient) => lookUp(folder, fileName(message, recipient), message),
    check: () => checkFolder(folder),
  };
}

async function hand(
  folder: string,
  message: Uint8Array,
  handing: SendRequest,
): Promise<SendResult> {
  const name = fileName(message, handing.recipient);
  const path = join(folder, name);
  let temporary: string | undefined;
  try {
    // Remove what an earlier attempt left, or `lookUp` would take this message for unsent.
    await removeTemporary(folder, name);
    if (!(await hasContent(path, message))) temporary = await writeTemporary(path, message);
  } catch (error) {
    return { kind: 'deferred', reply: `cannot write to ${folder}: ${reasonOf(error)}` };
  }
  try {
    await handing.beforeSend();
  } catch (error) {
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw error;
  }
  return temporary === undefined
    ? { kind: 'sent', reply: path }
    : renameInto(folder, temporary, path);
}

async function renameInto(folder: string, temporary: string, path: string): Promise<SendResult> {
  try {
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    // Check whether the file exists, which settles the outcome.
    if (!(await isThere(path))) {
      return { kind: 'deferred', reply: `cannot write ${path}: ${reasonOf(error)}` };
    }
  }
  return { kind: 'sent', reply: path };
}

/**
 * A worker that died while sending left the file or its temporary file. If neither exists, the
 * file was removed, perhaps by a reader.
 */
async function lookUp(
  folder: string,
  name: string,
  message: Uint8Array,
): Promise<LookupResult | undefined> {
  const path = join(folder, name);
  try {
    if (await hasContent(path, message)) return { kind: 'sent', reply: path };
    // Once removed, it can no longer be renamed, even if its worker was only paused.
    const left = await removeTemporary(folder, name);
    if (left) return { kind: 'unsent', reply: `${path} was not written` };
    return (await hasContent(path, message)) ? { kind: 'sent', reply: path } : undefined;
  } catch (error) {
    // An unreadable folder answers nothing. The check is repeated later.
    if (codeOf(error) !== UNKNOWN) return undefined;
    throw error;
  }
}

/** Deletes the temporary files of a message. Returns whether there were any. */
async function removeTemporary(folder: string, name: string): Promise<boolean> {
  const files = await readdir(folder).catch(emptyIfMissing);
  const parts = files.filter((file) => file.startsWith(`.${name}.`) && file.endsWith('.part'));
  const taken = await Promise.all(parts.map((part) => removeIfThere(join(folder, part))));
  return taken.includes(true);
}

function emptyIfMissing(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

async function removeIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function writeTemporary(path: string, message: Uint8Array): Promise<string> {
  await ensureFolder(dirname(path));
  return writeTemporaryFile(path, message);
}

async function hasContent(path: string, message: Uint8Array): Promise<boolean> {
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

/** `cfo@example.com-5f2a….eml`: the recipient and the message. It contains no path separators. */
function fileName(message: Uint8Array, recipient: string): string {
  const owner = recipient.replace(/[^A-Za-z0-9@._+-]/g, '_').replace(/^[.-]+/, '_');
  return `${owner.slice(0, 80)}-${sha256Hex(message).slice(0, 16)}.eml`;
}

async function checkFolder(folder: string): Promise<ChannelFact> {
  try {
    await rm(await writeTemporary(join(folder, 'check'), new Uint8Array()));
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

/**
 * Preloaded into a program: counts every point at which it writes, and kills it at the n-th. A
 * point is a transaction right before its commit, a statement that commits by itself, a call that
 * changes a file or a folder (a file also when half of it is written), a new connection, and data
 * sent there. New code is therefore covered without changes here.
 */

import { appendFileSync, writeFileSync } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';

const at = Number(process.env['KILL_AT'] ?? 0);
const book = process.env['KILL_BOOK'] ?? '';
let count = 0;

/** Counts a point and dies there if it is the chosen one. `last` runs before. */
function point(name: string, last = (): void => undefined): void {
  count += 1;
  appendFileSync(book, `${name}\n`);
  if (count !== at) return;
  last();
  process.kill(process.pid, 'SIGKILL');
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

/** Adds a call before each call of a method. */
function before(owner: object, name: string, say: (self: unknown, args: unknown[]) => void): void {
  const call = Reflect.get(owner, name) as Call;
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
    say(this, args);
    return call.apply(this, args);
  });
}

function statements(): void {
  const memory = new Sqlite(':memory:');
  const prototype = Object.getPrototypeOf(memory.prepare('SELECT 1')) as object;
  memory.close();
  const writing = new WeakMap<Database, boolean>();
  const say = (self: unknown) => {
    const { source, database, readonly } = self as Statement & { readonly readonly: boolean };
    const [word = ''] = source.split(/\s/, 1);
    if (word === 'BEGIN') writing.set(database, source !== 'BEGIN DEFERRED');
    else if (word === 'COMMIT' && writing.get(database) === true) point('commit');
    else if (!readonly && !database.inTransaction) point(source.slice(0, 40));
  };
  before(prototype, 'run', say);
}

const HANDLE = ['write', 'writev', 'truncate', 'sync', 'datasync'];
const PATHS = ['mkdir', 'rename', 'rm', 'rmdir', 'unlink', 'copyFile', 'appendFile', 'symlink'];

function files(): void {
  for (const name of PATHS) before(promises, name, (_, [path]) => point(`${name} ${String(path)}`));
  before(promises, 'writeFile', (_, [path, bytes]) => halfAndWhole(String(path), bytes));
  const open = promises.open;
  promises.open = async (...args: Parameters<typeof open>) => {
    const [path, flags] = args;
    const writes = flags !== undefined && flags !== 'r';
    if (writes) point(`open ${String(path)}`);
    const handle = await open(...args);
    if (writes) watch(handle, String(path));
    return handle;
  };
  syncBuiltinESMExports();
}

function watch(handle: FileHandle, path: string): void {
  for (const name of HANDLE) before(handle, name, () => point(`${name} ${path}`));
  before(handle, 'writeFile', (_, [bytes]) => halfAndWhole(path, bytes));
}

/** The file is written not at all, or by half. */
function halfAndWhole(path: string, bytes: unknown): void {
  point(`write ${path}`);
  const whole = Buffer.from(bytes as Uint8Array);
  point(`half of ${path}`, () => writeFileSync(path, whole.subarray(0, whole.length / 2)));
}

function sockets(): void {
  const outgoing = new WeakSet<object>();
  before(Socket.prototype, 'connect', (self) => {
    point('connect');
    outgoing.add(self as object);
  });
  before(Socket.prototype, 'write', (self) => {
    if (outgoing.has(self as object)) point('send');
  });
}

// Threads write nothing, and see no socket of the program.
if (isMainThread) {
  statements();
  files();
  sockets();
}

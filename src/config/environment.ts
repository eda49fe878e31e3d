/** Resolves `${ENV}` and `{ file: PATH }` to secrets, and reads the environment. */

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { type Secret, createSecret } from '../platform/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the config file may refer to; tests pass their own. */
export interface ReferenceContext {
  readonly env: Environment;
  /** Folder of the config file: relative paths start here. */
  readonly folder: string;
  readonly readFile: (path: string) => Uint8Array;
}

/** Returns the environment of the process; no other code reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Far more than a config of a thousand deployments, a key or a certificate needs. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a config file or a secret, from a file or from a pipe of a shell.
 * @throws {Error} for a device, which may never end, and for a file over 4 MiB.
 */
export function readFromDisk(path: string): Uint8Array {
  const stats = statSync(path);
  const isDevice = stats.isCharacterDevice() || stats.isBlockDevice();
  if (isDevice) throw new Error('it is a device');
  if (stats.size > MAX_BYTES) throw new Error('it is over 4 MiB');
  return readFileSync(path);
}

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** Returns the secret for a text that is exactly `${NAME}`; `undefined` for any other text. */
export function environmentSecret(text: string, env: Environment): Secret | undefined {
  const name = REFERENCE.exec(text)?.[1];
  return name === undefined ? undefined : createSecret(`\${${name}}`, () => ownValue(env, name));
}

/** Ignores inherited names like `__proto__`. */
function ownValue(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/**
 * Returns the secret in a file. The file is read when the secret is revealed, because a mounted
 * file may be renewed.
 */
export function fileSecret(path: string, { folder, readFile }: ReferenceContext): Secret {
  const full = resolve(folder, path);
  const fault = (says: string, cause?: unknown) =>
    new Failure('config', says, {
      where: full,
      expected: 'a readable file that contains only the secret, not a device',
      hint: `write the secret to ${full} and make it readable for this user`,
      cause,
    });
  return createSecret(`file ${path}`, () => {
    let text: string;
    try {
      text = new TextDecoder().decode(readFile(full));
    } catch (cause) {
      throw fault(`cannot read the secret in file ${path}`, cause);
    }
    if (text.trim() === '') throw fault(`the secret in file ${path} is empty`);
    return text;
  });
}

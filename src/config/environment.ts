/** How `${ENV}` and `{ file: PATH }` become secrets, and where the environment is. */

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { type Secret, secretFrom } from '../platform/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the config file may refer to. Tests hand in their own. */
export interface Surroundings {
  readonly env: Environment;
  /** Folder of the config file: relative paths start here. */
  readonly folder: string;
  readonly readFile: (path: string) => Uint8Array;
}

/** The process's own environment; the only place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Far more than a config of a thousand deployments, a key or a certificate takes. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of a config file or of a secret: a file, or a pipe that a shell made.
 * @throws {Error} for a device, which may have no end, and for a file of over 4 MiB.
 */
export function readFromDisk(path: string): Uint8Array {
  const stats = statSync(path);
  const isDevice = stats.isCharacterDevice() || stats.isBlockDevice();
  if (isDevice) throw new Error('it is a device');
  if (stats.size > MOST_BYTES) throw new Error('it is over 4 MiB');
  return readFileSync(path);
}

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** The secret that a whole `${NAME}` stands for; `undefined` for any other text. */
export function environmentSecret(text: string, env: Environment): Secret | undefined {
  const name = REFERENCE.exec(text)?.[1];
  return name === undefined ? undefined : secretFrom(`\${${name}}`, () => ownValue(env, name));
}

/** What every object inherits, like `__proto__`, is no variable. */
function ownValue(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** The secret in a file, read when it is asked for: a mounted file may be renewed. */
export function fileSecret(path: string, { folder, readFile }: Surroundings): Secret {
  const full = resolve(folder, path);
  return secretFrom(`file ${path}`, () => {
    try {
      return new TextDecoder().decode(readFile(full));
    } catch (cause) {
      throw new Failure('config', `cannot read the secret in file ${path}`, {
        where: full,
        expected: 'a readable file that contains only the secret, not a device',
        hint: `write the secret to ${full} and make it readable for this user`,
        cause,
      });
    }
  });
}

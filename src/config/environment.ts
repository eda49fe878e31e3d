/** Knows how `${ENV}` and `{ file: PATH }` become secrets, and where the environment is. */

import { readFileSync } from 'node:fs';
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

export const readFromDisk = (path: string): Uint8Array => readFileSync(path);

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** The secret that a whole `${NAME}` stands for; `undefined` for any other text. */
export function environmentSecret(text: string, env: Environment): Secret | undefined {
  const name = REFERENCE.exec(text)?.[1];
  return name === undefined ? undefined : secretFrom(`\${${name}}`, () => env[name]);
}

/** The secret in a file, read when it is asked for: a mounted file may be renewed. */
export function fileSecret(path: string, { folder, readFile }: Surroundings): Secret {
  const full = resolve(folder, path);
  return secretFrom(`file ${path}`, () => {
    try {
      return new TextDecoder().decode(readFile(full));
    } catch (cause) {
      throw new Failure('config', `the secret in file ${path} cannot be read`, {
        where: full,
        expected: 'a readable file that holds the secret alone',
        hint: `write the secret to ${full}, readable for this user`,
        cause,
      });
    }
  });
}

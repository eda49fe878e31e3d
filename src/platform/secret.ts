/** A secret value that shows its origin, and its value only on demand. */

import { inspect } from 'node:util';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';

/**
 * A value that no log, JSON or debugger shows. {@link Secret.reveal} is the only way to read it.
 */
export interface Secret {
  /** The origin as shown to people: `${RUNPOD_API_KEY}` or `file /run/key`. */
  readonly origin: string;
  /** The value. Throws a `config` {@link Failure} if it is missing or empty. */
  reveal(): string;
  /** The origin in brackets. */
  toString(): string;
}

const revealed = new Set<string>();

/** Every value that was revealed in this process and must not be logged. */
export function revealedSecrets(): ReadonlySet<string> {
  return revealed;
}

class HiddenSecret implements Secret {
  readonly origin: string;
  readonly #read: () => string | undefined;

  constructor(origin: string, read: () => string | undefined) {
    this.origin = origin;
    this.#read = read;
  }

  reveal(): string {
    const value = this.#read()?.trim();
    if (value === undefined || value === '') {
      throw new Failure('config', `the secret ${this.origin} is not set`, {
        where: this.origin,
        expected: 'a value',
        hint: `set ${this.origin} in the environment`,
      });
    }
    revealed.add(value);
    return value;
  }

  toString(): string {
    return `[secret ${this.origin}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * A secret that is read when it is needed, so that a missing variable breaks only the source that
 * uses it. `read` returns `undefined` if it is not set. White space around the value is dropped.
 */
export function createSecret(origin: string, read: () => string | undefined): Secret {
  return new HiddenSecret(origin, read);
}

/**
 * An option that takes a {@link Secret}. A plain string is rejected, because it would be written to
 * disk.
 */
export const secretSchema = z
  .custom<Secret>((value) => value instanceof HiddenSecret, {
    error: 'expected a secret as ${ENV} or { file: PATH }',
  })
  .meta({ description: 'A secret, written as ${ENV} or { file: PATH }.' });

/** How a secret is carried: shown by its origin, told by its value only on demand. */

import { inspect } from 'node:util';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';

/** A value that no log, JSON or debugger shows; {@link Secret.reveal} is the one way to read it. */
export interface Secret {
  /** Where it comes from, in words a person can act on: `${RUNPOD_API_KEY}` or `file /run/key`. */
  readonly origin: string;
  /** The value. Throws a `config` {@link Failure} when it is missing or empty. */
  reveal(): string;
  /** The origin in brackets, like everything else that shows a secret. */
  toString(): string;
}

const revealed = new Set<string>();

/** Every value that has been revealed in this process: what a log must never show. */
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
        hint: `set ${this.origin} in the environment, or write the file`,
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
 * A secret read when it is needed and not before, so that a missing variable breaks the one source
 * that wants it. `read` answers `undefined` where there is none; space around the value is dropped.
 */
export function secretFrom(origin: string, read: () => string | undefined): Secret {
  return new HiddenSecret(origin, read);
}

/**
 * An option that takes a {@link Secret}; a plain string is refused, for it would be written down.
 */
export const secretSchema = z
  .custom<Secret>((value) => value instanceof HiddenSecret, {
    error: 'expected a secret as ${ENV} or { file: PATH }',
  })
  .meta({ description: 'A secret, written as ${ENV} or { file: PATH }.' });

/** Knows how a config file becomes text: found, readable, UTF-8, not empty. */

import { Failure } from '../domain/failure.ts';

/** @throws {Failure} `config` saying why the file cannot be read. */
export function readConfigFile(path: string, readFile: (path: string) => Uint8Array): Uint8Array {
  try {
    return readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? message : (REASONS[code] ?? code);
    throw new Failure('config', `${path} cannot be read: ${reason}`, {
      where: path,
      expected: 'a readable config file',
      hint: 'write one with "rentcheck init", or name another with --config',
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** @throws {Failure} `config` for bytes that are not UTF-8 text. A byte order mark is dropped. */
export function decodeConfig(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure('config', `${path} is not UTF-8 text`, {
      where: path,
      expected: 'YAML in UTF-8',
      hint: 'save the file as UTF-8 in your editor',
      cause,
    });
  }
}

/** Reads the config file and decodes it as UTF-8. */

import { Failure } from '../domain/failure.ts';

/** @throws {Failure} `config` with the reason if the file cannot be read. */
export function readConfigFile(path: string, readFile: (path: string) => Uint8Array): Uint8Array {
  try {
    return readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? message : (REASONS[code] ?? code);
    throw new Failure('config', `cannot read ${path}: ${reason}`, {
      where: path,
      expected: 'a readable config file',
      hint: 'create one with "rentcheck init", or pass another file with --config',
      cause,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied for this user',
  EPERM: 'permission denied for this user',
  EISDIR: 'it is a folder',
};

/**
 * Decodes UTF-8 and drops a byte order mark.
 * @throws {Failure} `config` for other bytes.
 */
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

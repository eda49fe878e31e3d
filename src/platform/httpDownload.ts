/** Puts the body of an answer into a file as it comes, however long it is. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { Failure } from '../domain/failure.ts';
import type { Gathered } from './body.ts';

/** What is needed of an answer, however it was asked for. */
export interface Incoming {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Asks for bytes as they lie there: `fetch` unpacks what calls itself packed, and does not notice
 * where it breaks off. Redirects are not followed.
 */
export async function askForBytes(
  url: URL,
  headers: Headers,
  { signal, ca }: { readonly signal: AbortSignal; readonly ca?: string },
): Promise<Incoming> {
  const ask = url.protocol === 'https:' ? httpsGet : httpGet;
  const trust = ca === undefined ? {} : { ca };
  const request = ask(url, { headers: Object.fromEntries(headers), signal, ...trust });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode: status = 0 } = response;
  const told = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const ok = status >= 200 && status < 300;
  return { ok, status, headers: new Headers(told), body: response };
}

/** A body on its way to the disk; what an earlier try left there is overwritten. */
export class FileIntake {
  size = 0;
  readonly #hash = createHash('sha256');
  readonly #file: FileHandle;
  readonly #path: string;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** @throws {Failure} `disk-full` or `file-unreadable` where it cannot be written. */
  static async at(path: string): Promise<FileIntake> {
    return new FileIntake(await written(path, open(path, 'w', 0o600)), path);
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.size += chunk.byteLength;
    this.#hash.update(chunk);
    await written(this.#path, this.#file.writeFile(chunk));
  }

  async end(): Promise<Gathered> {
    await written(this.#path, this.#file.close());
    return { body: new Uint8Array(), digest: this.#hash.digest('hex') };
  }

  /** To be called where the body breaks off. */
  async giveUp(): Promise<void> {
    await this.#file.close();
  }
}

async function written<T>(path: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const hint = isFull ? {} : { hint: 'make the temporary folder writable (TMPDIR)' };
    throw new Failure(isFull ? 'disk-full' : 'file-unreadable', `${path}: ${code}`, {
      where: path,
      ...hint,
      cause,
    });
  }
}

/** Aborts when nothing has come for so long: a long body may take longer than that as a whole. */
export class Idleness {
  readonly #controller = new AbortController();
  readonly #mostMs: number;
  #timer: NodeJS.Timeout;

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
    this.#timer = this.#begun();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#begun();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #begun(): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), this.#mostMs);
  }
}

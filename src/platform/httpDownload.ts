/** Streams the body of a response of any length into a file. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { Failure } from '../domain/failure.ts';
import type { ReceivedBody } from './body.ts';

/** The part of a response that both HTTP clients provide. */
export interface IncomingResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Requests the raw bytes. `fetch` decompresses a body by its content encoding and does not notice a
 * truncated one. Redirects are not followed.
 */
export async function requestBytes(
  url: URL,
  headers: Headers,
  { signal, ca }: { readonly signal: AbortSignal; readonly ca?: string },
): Promise<IncomingResponse> {
  const sendGet = url.protocol === 'https:' ? httpsGet : httpGet;
  const trust = ca === undefined ? {} : { ca };
  const request = sendGet(url, { headers: Object.fromEntries(headers), signal, ...trust });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode: status = 0 } = response;
  const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const ok = status >= 200 && status < 300;
  return { ok, status, headers: new Headers(pairs), body: response };
}

/** Streams a body to disk. It overwrites what an earlier attempt left. */
export class FileCollector {
  size = 0;
  readonly #hash = createHash('sha256');
  readonly #file: FileHandle;
  readonly #path: string;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** @throws {Failure} `disk-full` or `file-unreadable` if the file cannot be written. */
  static async at(path: string): Promise<FileCollector> {
    return new FileCollector(await mapWriteError(path, open(path, 'w', 0o600)), path);
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.size += chunk.byteLength;
    this.#hash.update(chunk);
    await mapWriteError(this.#path, this.#file.writeFile(chunk));
  }

  async end(): Promise<ReceivedBody> {
    await mapWriteError(this.#path, this.#file.close());
    return { body: new Uint8Array(), digest: this.#hash.digest('hex') };
  }

  /** Closes an incomplete file. */
  async giveUp(): Promise<void> {
    await this.#file.close();
  }
}

async function mapWriteError<T>(path: string, writing: Promise<T>): Promise<T> {
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

/** Aborts when no data arrives for a time. The whole body may take longer. */
export class IdleTimer {
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

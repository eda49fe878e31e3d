/** Saves a stream to disk, for formats whose end must be read first. */

import { mkdtemp, open, type FileHandle, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file without a name, which is deleted when it is closed or the process ends. */
export interface SpooledFile {
  readonly bytes: number;
  /** Reads the bytes from `start` up to, but not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Saves the whole stream and returns the file. */
export async function spoolToDisk(stream: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const handle = await openUnnamedFile();
  try {
    let bytes = 0;
    for await (const chunk of stream) bytes += await writeAll(handle, chunk, bytes);
    return {
      bytes,
      read: (start, end) => readRange(handle, start, Math.min(end, bytes)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openUnnamedFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-spool-'));
  try {
    return await open(join(folder, 'file'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, at + done);
    done += bytesWritten;
  }
  return chunk.byteLength;
}

async function readRange(handle: FileHandle, start: number, end: number) {
  const range = new Uint8Array(Math.max(0, end - start));
  for (let done = 0; done < range.byteLength; ) {
    const { bytesRead } = await handle.read(range, done, range.byteLength - done, start + done);
    if (bytesRead === 0) return range.slice(0, done);
    done += bytesRead;
  }
  return range;
}

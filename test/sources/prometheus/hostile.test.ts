import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { type ReceivedRequest, startServer, type TestServer } from '../../support/httpServer.ts';
import { printFigure, size } from '../../support/size.ts';

const START = Date.UTC(2026, 4, 12);
const CAP_MB = 128;
const HEAD = '{"status":"success","data":{"resultType":"matrix","result":[';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Output {
  readonly grownKb: number;
  readonly failures: readonly { readonly code: string; readonly message: string }[];
  readonly windows: readonly object[];
  readonly outputTokens: number;
  readonly bytes: number;
}

/** Answers each request with these texts, and pulls eight hours of it in a separate process. */
async function pulled(texts: (request: ReceivedRequest) => Iterable<string>, isPacked = false) {
  server = await startServer((response, request) => {
    const packing = isPacked ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...packing });
    const body = Readable.from(texts(request));
    // A client may hang up in the middle.
    response.on('close', () => body.destroy());
    if (isPacked)
      body
        .pipe(createGzip())
        .on('error', () => undefined)
        .pipe(response);
    else body.pipe(response);
  });
  const script = join(import.meta.dirname, '..', 'pullInProcess.ts');
  const args = [script, server.origin, String(START), String(START + 8 * HOUR_MS)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  const result = JSON.parse(stdout) as Output;
  return { ...result, grownMb: result.grownKb / 1000, asked: server.requests.length };
}

function* repeated(unit: string, megabytes: number): Generator<string> {
  yield HEAD;
  const many = unit.repeat(Math.floor(1_000_000 / unit.length));
  for (let sent = 0; sent < megabytes; sent += 1) yield many;
}

/** Each second's scrape of so many replicas: three output tokens a second each. */
function* everySecond(replicas: number, { query }: ReceivedRequest): Generator<string> {
  const time = Number(query.get('time'));
  const fromTime = time - Number(/\[(\d+)s\]/.exec(query.get('query') ?? '')?.[1]) + 1;
  yield HEAD;
  for (let replica = 0; replica < replicas; replica += 1) {
    for (const name of ['prompt', 'generation']) {
      const labels = `"engine":"0","instance":"r${replica}:8000","model_name":"m"`;
      yield `${replica === 0 && name === 'prompt' ? '' : ','}{"metric":{"__name__":"vllm:${name}`;
      yield `_tokens_total",${labels}},"values":[`;
      let text = '';
      for (let second = fromTime; second <= time; second += 1) {
        const value = (second - START / 1000 + 100_000) * 3 + replica * 1_000_000;
        text += `${second === fromTime ? '' : ','}[${second}.317,"${value}"]`;
        if (text.length < 60_000) continue;
        yield text;
        text = '';
      }
      yield `${text}]}`;
    }
  }
  yield ']}}';
}

describe('a pull costs a bounded multiple of the largest accepted answer', () => {
  test.each([
    ['millions of empty lists, packed', '[],', 'malformed'],
    ['lists in lists without end, packed', '[', 'malformed'],
  ])('of %s', async (_name, unit, code) => {
    const result = await pulled(() => repeated(unit, size({ short: 30, full: CAP_MB - 1 })), true);
    expect(result.failures[0]?.code).toBe(code);
    expect(result.outputTokens).toBe(0);
    expect(result.grownMb).toBeLessThan(2 * CAP_MB);
  });

  test('for an answer that never ends: it is cut off, requested in halves, and named', async () => {
    const result = await pulled(() => repeated(' ', Number.POSITIVE_INFINITY));
    expect(result.failures.at(-1)).toMatchObject({ code: 'too-large' });
    expect(result.failures.at(-1)?.message).toContain(`sent more than ${CAP_MB * 2 ** 20} bytes`);
    expect(result.failures.at(-1)?.message).toContain('nothing was read from');
    // 8, 4, 2 and 1 hours, and then two more hours with the same result.
    expect(result.asked).toBe(6);
    expect(result.grownMb).toBeLessThan(2 * CAP_MB);
  });

  test('for a valid one, to the last token, in halves where it is longer than that', async () => {
    const replicas = size({ short: 20, full: 110 });
    const result = await pulled((request) => everySecond(replicas, request));
    expect(result.failures).toEqual([]);
    expect(result.outputTokens).toBe(replicas * 3 * 8 * 3_600);
    expect(result.windows).toHaveLength(size({ short: 1, full: 2 }));
    expect(result.grownMb).toBeLessThan(size({ short: 3, full: 6 }) * CAP_MB);
    const answered = Math.round(result.bytes / 1e6);
    printFigure(
      'memory grown by a pull of honest answers',
      `${answered} MB in ${result.grownMb} MB`,
    );
  });
});

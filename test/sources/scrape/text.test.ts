import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { type TextSample, parseMetrics } from '../../../src/sources/scrape/text.ts';
import { size } from '../../support/size.ts';

const NAMES = ['vllm:prompt_tokens_total', 'tokens_sum', 'up', 'näme.mit.punkt', 'x_created'];
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

function read(
  body: string | readonly Uint8Array[],
  contentType = TEXT,
  names: readonly string[] = NAMES,
): TextSample[] {
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  return [...parseMetrics(pieces, { where: 'pod-1', names: new Set(names), contentType })];
}

function faultOf(body: string, contentType = TEXT): string {
  try {
    read(body, contentType);
  } catch (error) {
    if (error instanceof Failure && error.code === 'malformed') return error.message;
    throw error;
  }
  return 'none';
}

describe('Prometheus text', () => {
  test('is read with its escapes, odd numbers, spaces and times in milliseconds', () => {
    const body = [
      '# HELP up Whether it is up: \\n {x="1"} 3',
      '# TYPE up gauge',
      'up 1',
      '  up{ a = "1" ,b="q\\"\\\\\\nz{},#" , } 1e+06 1795136107317',
      'tokens_sum{le="+Inf"}\t+Inf',
      'up{kind="n"} NaN',
      'up{kind="m"} -Inf -5',
      'up{kind="c"} .5e3\r',
      '',
      'tokens_sum 7 # {trace_id="a b"} 0.67 1520879607.789',
      'vllm:prompt_tokens_total{engine="0",model_name="m"} 1684040.0',
      'other{a="b"} 3',
      'other:rate5m 3',
    ].join('\n');
    expect(read(body)).toEqual([
      { name: 'up', labels: {}, value: 1 },
      { name: 'up', labels: { a: '1', b: 'q"\\\nz{},#' }, value: 1e6, atMs: 1795136107317 },
      { name: 'tokens_sum', labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY },
      { name: 'up', labels: { kind: 'n' }, value: Number.NaN },
      { name: 'up', labels: { kind: 'm' }, value: Number.NEGATIVE_INFINITY, atMs: -5 },
      { name: 'up', labels: { kind: 'c' }, value: 500 },
      { name: 'tokens_sum', labels: {}, value: 7 },
      {
        name: 'vllm:prompt_tokens_total',
        labels: { engine: '0', model_name: 'm' },
        value: 1684040,
      },
    ]);
  });

  test('needs neither TYPE nor order: a sum may come before its buckets', () => {
    const body = 'tokens_sum{m="a"} 12.0\ntokens_bucket{m="a",le="1.0"} 3.0\ntokens_sum{m="b"} 1.0';
    expect(read(body).map(({ value }) => value)).toEqual([12, 1]);
  });

  test('of Prometheus 3 may have names and labels in quotes', () => {
    const body = '{"näme.mit.punkt","a.b"="ü",c="d"} 5\nup{"a.b"="c"} 1\n{"other.name"} 2\n';
    expect(read(body)).toEqual([
      { name: 'näme.mit.punkt', labels: { 'a.b': 'ü', c: 'd' }, value: 5 },
      { name: 'up', labels: { 'a.b': 'c' }, value: 1 },
    ]);
  });

  test('may be in quotes as one JSON string', () => {
    const plain = '# TYPE up gauge\nup{a="ü€😀\\n"} 1\n';
    expect(read(JSON.stringify(plain))).toEqual(read(plain));
    const escaped = JSON.stringify(plain).replace('ü€😀', '\\u00fc\\u20ac\\ud83d\\ude00');
    expect(read(escaped)).toEqual(read(plain));
  });
});

describe('OpenMetrics', () => {
  test('has times in seconds, creation times of counters, and an end marker', () => {
    const body = 'tokens_sum 5 1795136107.317\nx_created{a="b"} 1.795e9\n# EOF\n';
    expect(read(body, OPEN_METRICS)).toEqual([
      { name: 'tokens_sum', labels: {}, value: 5, atMs: 1795136107317 },
      { name: 'x_created', labels: { a: 'b' }, value: 1.795e9 },
    ]);
  });

  test('that is cut off is not accepted as complete', () => {
    expect(faultOf('up 1\nup{a="b"} 2\n', OPEN_METRICS)).toContain('line 2: incomplete');
    expect(faultOf('up 1\n# EOF\nup 2\n', OPEN_METRICS)).toContain('line 3: content after # EOF');
  });
});

test.each([
  ['[{"iter":1,"numActiveRequests":0}]', /JSON array.*TensorRT-LLM/],
  ['{"detail":"Not Found"}', /JSON object/],
  ['<!DOCTYPE html><html></html>', /a page/],
  ['up 1\nup one\n', /line 2: found "one", expected a value/],
  ['up 1\nup{a="b" 2\n', /line 2: found "2", expected a comma/],
  ['up 1\n\nup{a="b\n', /line 3: unclosed quotes/],
  ['up{a="b",a="c"} 1', /line 1: duplicate label a/],
  ['up{1a="b"} 1', /line 1/],
  ['up{a:b="c"} 1', /line 1/],
  ['up{"x"} 1', /line 1/],
  ['{a="b"} 1', /line 1: no metric name/],
  ['up', /line 1: found the end, expected a value/],
  ['up 1 2 3', /line 1: found "3", expected a line end/],
  ['up 1_000', /line 1/],
  ['other{a="b"} zero', /line 1/],
  ['upstream connect error or disconnect/reset before headers', /line 1/],
  ['"up 1\\n', /does not end/],
  ['"up 1\\n" x', /content after the JSON string/],
])('%j is refused with its reason and line', (body, words) => {
  expect(faultOf(body)).toMatch(words);
});

test('a line of more than a megabyte is refused', () => {
  expect(faultOf(`up{a="${'x'.repeat(1_100_000)}"} 1`)).toContain(
    'line 1: longer than one megabyte',
  );
});

test('bytes of a label that are not UTF-8 are refused', () => {
  const bytes = Buffer.concat([Buffer.from('up{a="'), Buffer.of(0xff), Buffer.from('"} 1')]);
  expect(() => read([bytes])).toThrow(/line 1: bytes that are not UTF-8/);
});

test('a piece is read before the next one is requested, so that none is buffered', () => {
  const line = Buffer.from('up{a="b"} 1\n'.repeat(1000));
  let given = 0;
  let taken = 0;
  function* pieces() {
    for (; given < 50; given += 1) {
      expect(taken).toBe(given * 1000);
      yield line;
    }
  }
  const options = { where: 'pod-1', names: new Set(['up']), contentType: TEXT };
  for (const _ of parseMetrics(pieces(), options)) taken += 1;
  expect(taken).toBe(50_000);
});

/** The format's document as one slow expression: an independent parser. */
const NAME = String.raw`[a-zA-Z_:][a-zA-Z0-9_:]*`;
const VALUE = String.raw`"((?:[^"\\]|\\[^])*)"`;
const PAIR = String.raw`(?:([a-zA-Z_][a-zA-Z0-9_]*)|${VALUE})[ \t]*=[ \t]*${VALUE}`;
const SPACE = String.raw`[ \t]`;
const NUMBER = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)|nan`;
const PAIRS = String.raw`(?:${PAIR}(?:${SPACE}*,${SPACE}*${PAIR})*${SPACE}*,?${SPACE}*)?`;
const LINE = new RegExp(
  String.raw`^${SPACE}*(?<name>${NAME})${SPACE}*(?:\{${SPACE}*(?<pairs>${PAIRS})\})?${SPACE}*` +
    String.raw`(?<value>${NUMBER})` +
    String.raw`(?:${SPACE}+(?<time>${NUMBER}))?${SPACE}*(?:#.*)?$`,
  'is',
);

const unescaped = (text: string) =>
  text.replaceAll(/\\(["\\n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));

/** `undefined` where the line is refused. */
function slowly(line: string): TextSample | 'nothing' | undefined {
  const bare = line.replace(/\r$/, '');
  if (/^[ \t]*(?:#|$)/.test(bare)) return 'nothing';
  const { name, pairs = '', value = '', time } = LINE.exec(bare)?.groups ?? {};
  if (name === undefined) return undefined;
  const labels = [...pairs.matchAll(new RegExp(PAIR, 'g'))].map(
    ([, plain, quoted, text]) => [plain ?? unescaped(quoted ?? ''), unescaped(text ?? '')] as const,
  );
  if (time !== undefined && !Number.isFinite(Number(time))) return undefined;
  if (!NAMES.includes(name)) return 'nothing';
  if (new Set(labels.map(([label]) => label)).size < labels.length) return undefined;
  const number = Number(value.toLowerCase().replace(/inf(inity)?$/, 'Infinity'));
  const atMs = time === undefined ? undefined : Math.round(Number(time));
  const sample = { name, labels: Object.fromEntries(labels), value: number };
  return atMs === undefined ? sample : { ...sample, atMs };
}

const name = fc.constantFrom('up', 'tokens_sum', 'vllm:prompt_tokens_total', 'other', 'upper');
const labelValue = fc
  .string({ unit: fc.constantFrom('a', '1', ' ', '{', '}', ',', '#', '\\\\', '\\"', '\\n', 'ü') })
  .map((text) => `"${text}"`);
const label = fc.tuple(fc.constantFrom('a', 'b_1', 'le', 'engine'), labelValue);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom('1e+06', '+Inf', '-inf', 'NaN', '.5', '5.', '0x10', ''),
);
const space = fc.constantFrom('', ' ', '\t', '  ');
const sampleLine = fc
  .tuple(name, fc.option(fc.array(label, { maxLength: 3 })), number, fc.option(number), space)
  .map(([metric, labels, value, time, gap]) => {
    const inside = labels?.map((pair) => pair.join(`${gap}=${gap}`)).join(`${gap},`);
    const block = inside === undefined ? '' : `{${gap}${inside}${gap}}`;
    return `${gap}${metric}${block} ${value}${time === null ? '' : ` ${time}`}${gap}`;
  });
const anyLine = fc.oneof(
  { weight: 6, arbitrary: sampleLine },
  { weight: 1, arbitrary: fc.constantFrom('', '# HELP up x', '# TYPE up gauge', '#', ' ') },
);

/** A body, possibly with one wrong character. */
const bodies = fc
  .tuple(
    fc.array(anyLine, { minLength: 1, maxLength: 12 }),
    fc.option(fc.tuple(fc.nat(), fc.constantFrom('"', '{', '}', ',', ' ', '=', '\\', 'x', '\n'))),
  )
  .map(([lines, slip]) => {
    const text = lines.join('\n');
    if (slip === null) return text;
    const at = slip[0] % (text.length + 1);
    return text.slice(0, at) + slip[1] + text.slice(at + 1);
  })
  .filter((text) => !/^\s*["[<]|^\s*\{\s*("[^"]*"\s*:|\})/.test(text));

test('all that is read matches the format, and all else is refused with its line', () => {
  fc.assert(
    fc.property(bodies, (text) => {
      const lines = text.split('\n');
      const bad = lines.findIndex((line) => slowly(line) === undefined);
      const result = lines.map(slowly).filter((one) => one !== 'nothing');
      const outcome = bad < 0 ? read(text) : faultOf(text).replace(/^.*(line \d+):[^]*$/, '$1');
      expect(outcome).toEqual(bad < 0 ? result : `line ${bad + 1}`);
    }),
    { numRuns: size({ short: 2_000, full: 100_000 }) },
  );
});

test('a body is read alike however it is cut into pieces', () => {
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
  const wrapped = fc.boolean();
  fc.assert(
    fc.property(bodies, cuts, wrapped, (text, places, isWrapped) => {
      const bytes = Buffer.from(isWrapped ? JSON.stringify(text) : text);
      const ends = [...places.map((at) => Math.min(at, bytes.length)), bytes.length];
      ends.sort((a, b) => a - b);
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      const outcome = (body: readonly Uint8Array[]) => {
        try {
          return read(body);
        } catch (error) {
          if (error instanceof Failure) return error.message;
          throw error;
        }
      };
      expect(outcome(pieces)).toEqual(outcome([bytes]));
    }),
    { numRuns: size({ short: 1_000, full: 50_000 }) },
  );
});

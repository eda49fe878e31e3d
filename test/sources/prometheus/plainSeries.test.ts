/** Tests that samples read from bytes are those of JSON.parse. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlainSeriesReader } from '../../../src/sources/prometheus/plainSeries.ts';
import { createMatrixReader } from '../../../src/sources/prometheus/matrix.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function plain(text: string, reader = new PlainSeriesReader()) {
  const read = reader.read(bytes(text), 'here');
  return read && { rest: read.rest, times: [...read.timesMs], values: [...read.values] };
}

test("a series in Prometheus' own format is read into columns", () => {
  const text =
    '{"metric":{"__name__":"a"},"values":[[1795136107.317,"1684040"],[1795136122.3,"0.25"],' +
    '[1795136137,"1.5e+06"],[1795136152.07,"-3"],[1795136152.08,"9007199254740993"]]}';
  expect(plain(text)).toEqual({
    rest: { metric: { __name__: 'a' }, values: [] },
    times: [1795136107317, 1795136122300, 1795136137000, 1795136152070, 1795136152080],
    values: [1684040, 0.25, 1_500_000, -3, 9007199254740992],
  });
  expect(plain('{"values":[[1,"2"]],"metric":{"b":"]]}"}}')).toEqual({
    rest: { metric: { b: ']]}' }, values: [] },
    times: [1000],
    values: [2],
  });
});

test.each([
  ['a number without quotes', '{"metric":{},"values":[[1,2]]}'],
  ['a text that is no number', '{"metric":{},"values":[[1,"NaN"]]}'],
  ['an empty text', '{"metric":{},"values":[[1,""]]}'],
  ['a time before 1970', '{"metric":{},"values":[[-1,"2"]]}'],
  ['a time with leading zeros', '{"metric":{},"values":[[01,"2"]]}'],
  ['a time to the microsecond', '{"metric":{},"values":[[1.000001,"2"]]}'],
  ['a time with an exponent', '{"metric":{},"values":[[1e9,"2"]]}'],
  ['a point without digits', '{"metric":{},"values":[[1.,"2"]]}'],
  ['a third element', '{"metric":{},"values":[[1,"2",3]]}'],
  ['a blank', '{"metric":{},"values":[[1, "2"]]}'],
  ['a comma too many', '{"metric":{},"values":[[1,"2"],]}'],
  ['no end', '{"metric":{},"values":[[1,"2"]'],
  ['samples of something else', '{"metric":{},"x":{"values":[[1,"2"]]}}'],
  ['no samples', '{"metric":{},"values":[]}'],
])('%s is left to JSON.parse', (_, text) => {
  expect(plain(text)).toBeUndefined();
});

const seconds = fc
  .tuple(fc.integer({ min: 1, max: 9_999_999_999 }), fc.integer({ min: 0, max: 999 }))
  .map(([whole, milli]) => String(Number(`${whole}.${String(milli).padStart(3, '0')}`)));
const value = fc.oneof(
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('007', '1-2', '.5', '5.', '1e400', '-'),
);

test('times and values are those of JSON.parse and Number, however long a series is', () => {
  const reader = new PlainSeriesReader();
  const samples = fc.array(fc.tuple(seconds, value), { minLength: 1, maxLength: 3_000 });
  fc.assert(
    fc.property(samples, (all) => {
      const list = `[${all.map(([at, result]) => `[${at},"${result}"]`).join()}]`;
      const pairs = JSON.parse(list) as [number, string][];
      expect(plain(`{"metric":{},"values":${list}}`, reader)).toEqual({
        rest: { metric: {}, values: [] },
        times: pairs.map(([at]) => Math.round(at * 1000)),
        values: pairs.map(([, result]) => Number(result)),
      });
    }),
    { numRuns: 50 },
  );
});

test('an answer means the same with blanks between its samples and without', () => {
  const span = { startMs: 1_000_000, endMs: 2_000_000 };
  const one = fc.tuple(
    fc.integer({ min: 500_000, max: 2_600_000 }).map((ms) => ms / 1000),
    fc.oneof({ weight: 9, arbitrary: fc.nat().map(String) }, fc.constantFrom('NaN', '1.5', '-1')),
  );
  const reading = createMatrixReader({ span });
  const outcome = (text: string) => {
    try {
      return reading.read(bytes(text), 'here').value;
    } catch (error) {
      return (error as Error).message;
    }
  };
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 40 }), { maxLength: 4 }), (all) => {
      const result = all.map((values, at) => ({ metric: { __name__: `m${at}` }, values }));
      const answer = { status: 'success', data: { resultType: 'matrix', result } };
      const [tight, loose] = [JSON.stringify(answer), JSON.stringify(answer, undefined, 1)];
      expect(outcome(tight)).toEqual(outcome(loose));
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { renderError, toExitCode } from '../../src/cli/session.ts';
import { plainText, safeJson } from '../../src/platform/text.ts';
import { renderTextTable } from '../../src/cli/textTable.ts';
import { BrokenInvariant, Failure, type FailureCode, FAILURES } from '../../src/domain/failure.ts';

describe('an error', () => {
  it('that is a bug shows its stack and exits with 3', () => {
    const bug = new BrokenInvariant('parts sum to the whole');
    expect(toExitCode(bug)).toBe(3);
    expect(renderError(bug)).toMatch(
      /^rentcheck: Internal error\. Please.*sum to the whole\n +at .*failures\.test/s,
    );
    expect(toExitCode('thrown text')).toBe(3);
  });

  it('that is a failure has the exit code of its code, and its own hint', () => {
    const codes = Object.keys(FAILURES) as FailureCode[];
    const ending = (code: number) =>
      codes.filter((name) => toExitCode(new Failure(name, 'x')) === code);
    expect(ending(1)).toEqual(['no-data']);
    expect(ending(2)).toEqual(['usage', 'config', 'file-unreadable']);
    expect(ending(3)).toHaveLength(codes.length - 4);
    expect(renderError(new Failure('auth', 'no\u001b[2J', { where: 'there\r', hint: 'h' }))).toBe(
      'rentcheck: no·[2J\n  where:    there·\n  do:       h\n',
    );
  });
});

describe('a table', () => {
  it('aligns numbers and named columns right, text left, and never shows null', () => {
    const rows = [
      ['a', 1, '$5.00', null],
      ['bbb', 20n, '$41,200', 'x'],
    ] as const;
    expect(renderTextTable(['id', 'n', 'cost', 'note'], rows, [2])).toBe(
      'id    n     cost  note\n---  --  -------  ----\na     1    $5.00\nbbb  20  $41,200  x\n',
    );
  });

  it('aligns letters of two columns and letters without a width', () => {
    const rows = [
      ['漢字', 1],
      ['🚀 go', 20],
      ['e\u0301', 3],
    ] as const;
    expect(renderTextTable(['name', 'n'], rows)).toBe(
      'name    n\n-----  --\n漢字    1\n🚀 go  20\ne\u0301       3\n',
    );
  });

  it('has any number of rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, at) => [at]);
    expect(renderTextTable(['n'], rows).split('\n')).toHaveLength(200_003);
  });

  it('has one mark for each character that would control a terminal', () => {
    expect(plainText('a\u001b[31m\r\n\u009b\u202e\u200bé漢')).toBe('a·[31m·····é漢');
  });
});

it('JSON for a terminal has the same value, with more characters escaped', () => {
  const value = { name: '\u009b\u202e\u2028 \u{e0001} é' };
  const json = safeJson(JSON.stringify(value));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toBe('{"name":"\\u009b\\u202e\\u2028 \\udb40\\udc01 é"}');
});

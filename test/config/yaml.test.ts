import { describe, expect, test } from 'vitest';
import { configFaults, KIND_LIST, loadFailure } from './configFile.ts';

test('all faults come at once, in the order of the file, each with its place', async () => {
  const failure = await loadFailure(`ledgr: a.db
sources:
  main: { kind: runpods }
deployments:
  chat:
    gpu: { type: A100, count: 0 }
    resources: [{ source: man }]
    hosted: { equivalents: [{ via: import, model: m }], policy: pinned, minUptime: 99 }
fiscal: { startMonth: 0 }
`);
  expect(failure.code).toBe('config');
  expect(failure.message.replace(/^\S+/, 'FILE')).toBe(
    [
      'FILE has 8 errors:',
      '  ledgr (line 1, column 1): unknown key; did you mean "ledger"?',
      '  sources.main.kind (line 3, column 17): found "runpods", expected a kind of ' +
        `source: ${KIND_LIST}; did you mean "runpod"?`,
      "  deployments.chat.model (line 5, column 3): missing, expected a model's name of 1 " +
        'to 500 characters; add it',
      '  deployments.chat.gpu.count (line 6, column 31): found 0, expected a whole number ' +
        'from 1 to 1024',
      '  deployments.chat.resources[0].source (line 7, column 27): found "man", expected ' +
        'the id of a source (main, import); did you mean "main"?',
      '  deployments.chat.hosted.pinned (line 8, column 5): missing, expected the provider ' +
        'to pin; name it, or use policy: cheapest',
      '  deployments.chat.hosted.minUptime (line 8, column 84): found 99, expected a share ' +
        'between 0 and 1; write 99% as 0.99',
      '  fiscal.startMonth (line 9, column 23): found 0, expected a whole number from 1 to 12',
    ].join('\n'),
  );
});

describe('invalid YAML is reported with its line:', () => {
  test.each([
    [
      'a tab as indentation',
      'fiscal:\n\tstartMonth: 1\n',
      'line 2, column 1: found a tab as indentation, expected spaces; replace the tab',
    ],
    [
      'a second document',
      'ledger: a\n---\nledger: b\n',
      'line 2, column 1: found a second YAML document, expected one; remove the "---"',
    ],
    [
      'a key twice',
      'ledger: a\nsharing: tokens\nledger: b\n',
      'ledger (line 3, column 1): found a duplicate key, first on line 1; remove one of the two',
    ],
  ])('%s', async (_, content, fault) => {
    expect(await configFaults(content)).toContain(fault);
  });

  test('a bracket that is never closed', async () => {
    const [fault = ''] = await configFaults('ledger: a\nreport: { from: a@b\n');
    expect(fault).toMatch(/^line 3, column 1: invalid YAML: /);
  });

  test('a fault in the YAML does not repeat the line, which may have a secret', async () => {
    const { message } = await loadFailure('sources: { r: { apiKey: rpa_hush ]\n');
    expect(message).not.toContain('rpa_hush');
  });

  test('a file that repeats itself a billion times by aliases', async () => {
    const levels = 'abcdefgh'.split('').map((name, index, all) => {
      const before = all[index - 1];
      const item = before === undefined ? 'x' : `*${before}`;
      return `${name}: &${name} [${Array(10).fill(item).join(', ')}]`;
    });
    expect((await configFaults(levels.join('\n'))).join()).toContain('found over 20000 values');
  });

  test.each(['x: &a [*a, *a]', 'x: &a { b: *a }', `x: ${'['.repeat(25)}${']'.repeat(25)}`])(
    'an endless file, or one deeper than any config: %s',
    async (text) => {
      const deep = (await configFaults(text)).filter((fault) =>
        fault.includes('more than 20 levels'),
      );
      expect(deep).toHaveLength(1);
      expect(deep[0]).toContain('expected a config file; remove aliases');
    },
  );

  test.each([
    ['brackets', `x: ${'['.repeat(3_000)}`],
    ['braces', `x: ${'{ a: '.repeat(3_000)}`],
    ['dashes', `${'- '.repeat(3_000)}1`],
    ['indentation', Array.from({ length: 1_500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ])('a file of thousands of levels by %s is refused in one fault', async (_, text) => {
    const faults = await configFaults(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/found (thousands of nested|more than 20) levels, expected /);
  });
});

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Secret } from '../../src/platform/secret.ts';
import { configFaults, loadConfigText, writeConfig } from './configFile.ts';

function apiKeyOf(options: unknown): Secret {
  return (options as { apiKey: Secret }).apiKey;
}

test('a missing variable breaks nothing until its secret is needed', async () => {
  const config = await loadConfigText(
    'sources: { r: { kind: runpod, apiKey: ${RUNPOD_API_KEY} } }',
  );
  const key = apiKeyOf(config.sources[0]?.options);
  expect(() => key.reveal()).toThrow(
    expect.objectContaining({ code: 'config', message: expect.stringContaining('RUNPOD_API_KEY') }),
  );
});

test('a secret shows its origin and never its value', async () => {
  const config = await loadConfigText('sources: { r: { kind: runpod, apiKey: "${KEY}" } }', {
    KEY: 'rpa_hush',
  });
  expect(apiKeyOf(config.sources[0]?.options).reveal()).toBe('rpa_hush');
  expect(inspect(config, { depth: 9, showHidden: true })).not.toContain('rpa_hush');
  expect(JSON.stringify(config.sources)).toContain('${KEY}');
  expect(JSON.stringify(config.sources)).not.toContain('rpa_hush');
});

test('a path of a secret file is relative to the config, and it is read when needed', async () => {
  const path = writeConfig('sources: { r: { kind: runpod, apiKey: { file: ./key.txt } } }');
  const file = join(dirname(path), 'key.txt');
  const config = await loadConfig(path, { env: {} });
  const key = apiKeyOf(config.sources[0]?.options);
  expect(() => key.reveal()).toThrow(
    expect.objectContaining({
      code: 'config',
      message: 'cannot read the secret in file ./key.txt',
    }),
  );
  writeFileSync(file, ' \n');
  expect(() => key.reveal()).toThrow(
    expect.objectContaining({
      code: 'config',
      message: 'the secret in file ./key.txt is empty',
      hint: `write the secret to ${file} and make it readable for this user`,
    }),
  );
  writeFileSync(file, 'rpa_from_file\n');
  expect(key.reveal()).toBe('rpa_from_file');
});

test('a secret in plain text is refused without being repeated', async () => {
  const [fault = ''] = await configFaults('sources: { r: { kind: runpod, apiKey: rpa_hush } }');
  expect(fault).toBe(
    'sources.r.apiKey (line 1, column 39): found plain text (not shown), expected a ' +
      'secret as ${ENV} or ' +
      '{ file: PATH }; write it as ${RUNPOD_API_KEY} or { file: PATH }',
  );
});

test('a URL may be plain only if it has no password', async () => {
  const config = await loadConfigText('redis: { url: redis://127.0.0.1:6379 }');
  expect(config.redis?.url?.reveal()).toBe('redis://127.0.0.1:6379');
  const [fault = ''] = await configFaults('smtp: { url: "smtp://user:hush@mail.example.com" }');
  expect(fault).toBe(
    'smtp.url (line 1, column 14): found plain text (not shown), expected a secret as ${ENV} or ' +
      '{ file: PATH }, or smtp://host without a password; write it as ${SMTP_URL} or { ' +
      'file: PATH }',
  );
});

test('a password in a URL that is wrong for another reason is not repeated', async () => {
  const faults = await configFaults('report: { from: "//me:hush@x y", to: [a@b] }');
  expect(faults.join()).not.toContain('hush');
});

test('a variable in place of a non-secret value, or inside a longer text, is refused', async () => {
  const faults = await configFaults('ledger: ${WHERE}\nredis: { url: "redis://:${PW}@host" }\n');
  expect(faults).toEqual([
    'ledger (line 1, column 9): found ${WHERE}, expected the path of a file of 1 to 500 ' +
      'characters; only secrets can be references; write the value itself',
    'redis.url (line 2, column 15): found a reference inside a longer text, expected ' +
      '${NAME} alone; put the whole value into that variable',
    'redis.url (line 2, column 15): found plain text (not shown), expected a secret as ${ENV} or ' +
      '{ file: PATH }, or redis://host without a password; write it as ${REDIS_URL} or { ' +
      'file: PATH }',
  ]);
});

test.each(['/dev/zero', '/dev/urandom', '/proc'])(
  'a secret is never read from %s',
  async (path) => {
    const config = await loadConfigText(
      `sources:\n  a: { kind: runpod, apiKey: { file: ${path} } }\n`,
    );
    expect(() => apiKeyOf(config.sources[0]?.options).reveal()).toThrow(
      `cannot read the secret in file ${path}`,
    );
  },
);

test.each(['__proto__', 'constructor', 'toString'])(
  'an inherited object property is no variable: %s',
  async (name) => {
    const config = await loadConfigText(`sources:\n  a: { kind: runpod, apiKey: "\${${name}}" }\n`);
    expect(() => apiKeyOf(config.sources[0]?.options).reveal()).toThrow(
      `the secret \${${name}} is not set`,
    );
  },
);

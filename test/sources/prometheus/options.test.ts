import { describe, expect, test } from 'vitest';
import { createSecret } from '../../../src/platform/secret.ts';
import { prometheusOptions } from '../../../src/sources/prometheus/options.ts';

const url = 'http://prometheus:9090';
const secret = createSecret('${TOKEN}', () => 'token-1234');

describe('the options of a Prometheus source', () => {
  test('require only an address; the rest has defaults', () => {
    expect(prometheusOptions.parse({ url })).toEqual({
      url,
      timeoutSeconds: 60,
      interval: 300,
      chunkHours: 24,
      lookbackMinutes: 60,
    });
  });

  test('accept the address as baseUrl too, with a path prefix', () => {
    const baseUrl = 'https://mimir.example.com/prometheus';
    expect(prometheusOptions.safeParse({ baseUrl }).success).toBe(true);
  });

  test.each([
    ['no address', {}],
    ['two addresses', { url, baseUrl: url }],
    ['an address that is not HTTP', { url: 'ftp://prometheus' }],
    ['credentials in the address', { url: 'http://me:secret@prometheus:9090' }],
    ['an unknown key', { url, intervall: 300 }],
    ['an interval that does not divide an hour', { url, interval: 420 }],
    ['a token in plain text', { url, bearerToken: 'token-1234' }],
    [
      'two kinds of credentials',
      {
        url,
        bearerToken: secret,
        basicAuth: { username: 'me', password: secret },
      },
    ],
    ['a header name with a space', { url, headers: { 'X Scope': 'a' } }],
    ['a chunk of no hours', { url, chunkHours: 0 }],
  ])('refuse %s', (_, options) => {
    expect(prometheusOptions.safeParse(options).success).toBe(false);
  });
});

import { expect, test } from 'vitest';
import { baseUrlSchema, urlAt } from '../../src/platform/baseUrl.ts';

test('paths and queries are appended to the base URL, whose own path stays', () => {
  const url = urlAt('https://h/api/v1/', ['models', 'meta', 'x y'], { a: '1&2' });
  expect(url.href).toBe('https://h/api/v1/models/meta/x%20y?a=1%262');
});

test.each(['..', '.', 'a/../b', '?x=1', '#top', '%2e%2e', 'a\\b'])(
  'the segment %j cannot leave its place',
  (segment) => {
    const url = urlAt('https://h/api/v1', ['models', segment, 'endpoints']);
    expect(url.pathname).toMatch(/^\/api\/v1\/models\/[^/\\]+\/endpoints$/);
    expect(url.pathname.split('/')).not.toContain('..');
    expect(url.search + url.hash).toBe('');
  },
);

test('a base URL is an http or https URL', () => {
  expect(baseUrlSchema.safeParse('http://127.0.0.1:8080/x').success).toBe(true);
  for (const base of ['ftp://h/', 'api.runpod.io', 'file:///etc/passwd', 'javascript:alert(1)']) {
    expect(baseUrlSchema.safeParse(base).success).toBe(false);
  }
});

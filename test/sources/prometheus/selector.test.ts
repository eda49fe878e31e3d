import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import {
  createSelectors,
  createStartSelector,
  toLabelMatcher,
} from '../../../src/sources/prometheus/requests.ts';

describe('a label matcher', () => {
  test.each([
    ['llama-3.3-70b', 'model_name="llama-3.3-70b"'],
    ['chat-70b-*', 'model_name=~"chat-70b-.*"'],
    ['llama-3.*(a|b)', String.raw`model_name=~"llama-3\\..*\\(a\\|b\\)"`],
    ['*', 'model_name=~".+"'],
    ['a"} or {x="', String.raw`model_name="a\"} or {x=\""`],
    ['back\\slash', String.raw`model_name="back\\slash"`],
    ['back\\*', String.raw`model_name=~"back\\\\.*"`],
    ['two\nlines', String.raw`model_name="two\nlines"`],
  ])('reads %j as text, with * for anything', (value, expected) => {
    expect(toLabelMatcher('model_name', value)).toBe(expected);
  });
});

describe('the selectors of a target', () => {
  const names = ['vllm:prompt_tokens_total', 'vllm:generation_tokens_total'];

  test('are one for all names, or one per name for a server without name patterns', () => {
    const target = { deployment: 'chat', match: { model_name: 'm', job: 'vllm-*' } };
    expect(createSelectors(target, names, { exactNames: false })).toEqual([
      `{__name__=~"${names.join('|')}",model_name="m",job=~"vllm-.*"}`,
    ]);
    expect(createSelectors(target, names, { exactNames: true })).toEqual(
      names.map((name) => `{__name__="${name}",model_name="m",job=~"vllm-.*"}`),
    );
  });

  test('refuses a label name that PromQL would read as something else', () => {
    const match = { 'model_name="x"} or {a': 'b' };
    const select = () =>
      createSelectors({ deployment: 'chat', match }, names, { exactNames: false });
    expect(select).toThrow(Failure);
  });
});

test('the start selector names scrape targets as escaped alternatives', () => {
  const labels = new Map([['instance', new Set(['10.0.0.2:80', '10.0.0.1:80'])]]);
  expect(createStartSelector(labels)).toBe(
    String.raw`process_start_time_seconds{instance=~"10\\.0\\.0\\.1:80|10\\.0\\.0\\.2:80"}`,
  );
});

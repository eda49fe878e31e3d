import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import {
  createStartQuery,
  createUsageQuery,
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

describe('the usage query', () => {
  test('requests all names of a target in one range selector, raw', () => {
    const match = { model_name: 'm', job: 'vllm-*' };
    const query = createUsageQuery({ deployment: 'chat', engine: 'vllm', match }, 93_600);
    expect(query).toMatch(
      /^\{__name__=~"vllm:prompt_tokens_total\|.*",model_name="m",job=~"vllm-\.\*"\}\[93600s\]$/,
    );
    expect(query).not.toMatch(/increase|rate|gpu_prefix/);
  });

  test('refuses a label name that PromQL would read as something else', () => {
    const match = { 'model_name="x"} or {a': 'b' };
    expect(() => createUsageQuery({ deployment: 'chat', engine: 'vllm', match }, 60)).toThrow(
      Failure,
    );
  });
});

test('the start query names scrape targets as escaped alternatives', () => {
  const labels = new Map([['instance', new Set(['10.0.0.2:80', '10.0.0.1:80'])]]);
  expect(createStartQuery(labels, 60)).toBe(
    String.raw`process_start_time_seconds{instance=~"10\\.0\\.0\\.1:80|10\\.0\\.0\\.2:80"}[60s]`,
  );
});

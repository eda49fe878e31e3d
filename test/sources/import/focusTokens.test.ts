import { expect, test } from 'vitest';
import { tokenTags } from '../../../src/sources/import/kinds/focusSurvey.ts';

test.each([
  ['USE1-Qwen3-32B-input-tokens', 'Qwen3-32B', 'input'],
  ['USE1-Qwen3-32B-output-tokens-batch', 'Qwen3-32B', 'output'],
  ['USE1-qwen.qwen3-32b-mantle-input-tokens-standard', 'qwen.qwen3-32b', 'input'],
  ['EUC1-Claude4Sonnet-cache-read-input-token-count', 'Claude4Sonnet', 'cached-input'],
  ['EUC1-Claude4Sonnet-cache-write-input-token-count', 'Claude4Sonnet', 'cache-write'],
  ['gpt 4o mini 0718 cached Inp glbl Tokens', 'gpt 4o mini 0718', 'cached-input'],
  ['gpt-4.1-mini Outp regnl Tokens', 'gpt-4.1-mini', 'output'],
  ['Gemini 2.0 Flash Text Input - Predictions', 'Gemini 2.0 Flash', 'input'],
])('%s counts tokens of %s: %s', (meter, model, of) => {
  expect(tokenTags(['', meter], undefined)).toEqual({ model, token_class: of });
});

test('a model that the bill names is used, and words without a class give none', () => {
  expect(tokenTags(['USE1-x-input-tokens'], 'qwen3-32b')).toEqual({
    model: 'qwen3-32b',
    token_class: 'input',
  });
  expect(tokenTags(['Provisioned throughput', ''], 'qwen3-32b')).toEqual({});
  expect(tokenTags(['input tokens'], undefined)).toEqual({});
});

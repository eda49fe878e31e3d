import { describe, expect, it } from 'vitest';
import { type ModelListing, proposeEquivalents } from '../../src/domain/equivalents.ts';
import { parseModelName } from '../../src/domain/modelName.ts';
import { differencesText } from '../../src/report/copy/equivalents.ts';

const OURS = { model: 'meta-llama/Llama-3.3-70B-Instruct' };

function listing(model: string, more: Partial<ModelListing> = {}): ModelListing {
  return { sourceId: 'router', model, ...more };
}

function only(
  listings: readonly ModelListing[],
  ours: Parameters<typeof proposeEquivalents>[0] = OURS,
) {
  return proposeEquivalents(ours, listings).map(({ model, match, differences }) => [
    model,
    match,
    ...differences.map((each) => differencesText([each])),
  ]);
}

describe('the name of a model', () => {
  it('parses family, version, size, tuning, date and quantization', () => {
    expect(parseModelName('Qwen/Qwen3-30B-A3B-Instruct-2507-FP8')).toEqual({
      publisher: 'qwen',
      family: ['qwen'],
      versions: ['3'],
      sizes: ['30b', 'a3b'],
      tuning: 'instruct',
      date: '2507',
      quantization: 'fp8',
    });
  });

  it("is parsed alike in every provider's spelling", () => {
    const names = [
      'meta-llama/Llama-3.3-70B-Instruct',
      'accounts/fireworks/models/llama-v3p3-70b-instruct',
      'llama3.3-70b-instruct',
      'meta-llama/Meta-Llama-3.3-70B-Instruct:batch',
    ];
    const read = names.map((name) => {
      const { family, versions, sizes, tuning } = parseModelName(name);
      return [family, versions, sizes, tuning];
    });
    expect(new Set(read.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(read[0]).toEqual([['llama'], ['3.3'], ['70b'], 'instruct']);
  });

  it('keeps a letter with its number, and a mixture of experts with its count', () => {
    expect(parseModelName('deepseek-ai/DeepSeek-R1-0528')).toMatchObject({
      family: ['deepseek', 'r1'],
      date: '0528',
    });
    expect(parseModelName('mistralai/Mixtral-8x7B-Instruct-v0.1')).toMatchObject({
      family: ['mixtral'],
      sizes: ['8x7b'],
      versions: ['0.1'],
    });
  });
});

describe('a hosted equivalent', () => {
  it('is the same where the source states that its weights are our model', () => {
    const [found] = proposeEquivalents(OURS, [
      listing('some/alias', { huggingFaceId: 'meta-llama/llama-3.3-70b-instruct' }),
    ]);
    expect(found).toEqual({
      sourceId: 'router',
      model: 'some/alias',
      match: 'same',
      evidence: [{ by: 'hugging-face-id', value: 'meta-llama/llama-3.3-70b-instruct' }],
      differences: [],
      untold: [],
    });
  });

  it('is the same by its name or an alias, and lists what the source does not state', () => {
    const [named] = proposeEquivalents(OURS, [
      listing('x', { aliases: ['meta-llama/Llama-3.3-70B-Instruct'] }),
    ]);
    expect(named).toMatchObject({
      match: 'same',
      untold: ['hugging-face-id'],
    });
  });

  it('is near in another size, version or tuning, and says which', () => {
    expect(
      only([
        listing('meta-llama/Llama-3.1-70B-Instruct'),
        listing('meta-llama/Llama-3.3-8B-Instruct'),
        listing('meta-llama/Llama-3.3-70B'),
      ]),
    ).toEqual([
      ['meta-llama/Llama-3.1-70B-Instruct', 'near', 'version 3.1 (yours: 3.3)'],
      ['meta-llama/Llama-3.3-70B', 'near', 'tuning not stated (yours: instruct)'],
      ['meta-llama/Llama-3.3-8B-Instruct', 'near', 'size 8b (yours: 70b)'],
    ]);
  });

  it('is near where its name adds more: a coder is no chat model, a fine-tune not its base', () => {
    const qwen = { model: 'Qwen/Qwen3-30B-A3B-Instruct-2507' };
    expect(only([listing('Qwen/Qwen3-Coder-30B-A3B-Instruct-2507')], qwen)).toEqual([
      ['Qwen/Qwen3-Coder-30B-A3B-Instruct-2507', 'near', 'its name adds coder'],
    ]);
    const tuned = { model: 'meta-llama/Llama-3.3-70B-Instruct-support' };
    expect(only([listing('meta-llama/Llama-3.3-70B-Instruct')], tuned)).toEqual([
      ['meta-llama/Llama-3.3-70B-Instruct', 'near', 'your name adds support'],
    ]);
  });

  it('is near from another publisher, unless that one only quantized it', () => {
    const bare = { model: 'acme/Llama-3.3-70B-Instruct' };
    const theirs = [listing('x', { huggingFaceId: 'meta-llama/Llama-3.3-70B-Instruct' })];
    expect(only(theirs, bare)).toEqual([['x', 'near', 'publisher meta-llama (yours: acme)']]);
    const quantized = { model: 'acme/Llama-3.3-70B-Instruct-FP8-dynamic' };
    expect(only(theirs, quantized)).toEqual([['x', 'same']]);
  });

  it('is near in another quantization, and pins ours where its providers sell it', () => {
    const id = { huggingFaceId: 'meta-llama/Llama-3.3-70B-Instruct' };
    const sold = [
      listing('four', { ...id, quantizations: ['fp4', 'int8'] }),
      listing('mixed', { ...id, quantizations: ['fp4', 'FP8'] }),
      listing('silent', { ...id, quantizations: ['fp4', 'unknown'] }),
    ];
    const found = proposeEquivalents({ ...OURS, precision: 'fp8' }, sold);
    expect(found.map(({ model, match }) => [model, match])).toEqual([
      ['mixed', 'same'],
      ['silent', 'same'],
      ['four', 'near'],
    ]);
    expect(found[0]?.quantizations).toEqual(['fp8']);
    expect(found[1]?.quantizations).toEqual(['fp8', 'unknown']);
    expect(found[1]?.untold).toEqual(['quantization']);
    expect(found[2]?.differences).toEqual([
      { of: 'quantization', theirs: ['fp4', 'int8'], ours: 'fp8' },
    ]);
    expect(differencesText(found[2]?.differences ?? [])).toBe(
      'quantization fp4, int8 (yours: fp8)',
    );
  });

  it('is near where its context is shorter than ours', () => {
    const id = { huggingFaceId: 'meta-llama/Llama-3.3-70B-Instruct' };
    const long = { ...OURS, contextLength: 131_072 };
    expect(only([listing('short', { ...id, contextLength: 8192 })], long)).toEqual([
      ['short', 'near', 'context 8192 (yours: 131072)'],
    ]);
  });

  it('does not exist where more than two things differ, in another family, or if free', () => {
    expect(
      only([
        listing('meta-llama/Llama-2-7b-chat-hf-2401'),
        listing('Qwen/Qwen3-70B-Instruct'),
        listing('meta-llama/llama-3.3-70b-instruct:free'),
        listing('~meta-llama/llama-latest'),
      ]),
    ).toEqual([]);
  });

  it('with a meaningless name is found only by that exact name', () => {
    const own = { model: '7b' };
    expect(only([listing('8b'), listing('7b')], own)).toEqual([['7b', 'same']]);
  });

  it('is listed in an order independent of the listings, the same before the near', () => {
    const listings = [
      listing('meta-llama/Llama-3.1-70B-Instruct'),
      listing('b', { huggingFaceId: OURS.model }),
      listing('a', { huggingFaceId: OURS.model }),
    ];
    const order = only(listings).map(([model]) => model);
    expect(order).toEqual(['a', 'b', 'meta-llama/Llama-3.1-70B-Instruct']);
    expect(only(listings.toReversed()).map(([model]) => model)).toEqual(order);
  });
});

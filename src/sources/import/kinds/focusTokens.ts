/** Which tokens a row of a bill in FOCUS counts, by the words of its meter. */

import { MODEL_TAG, TOKEN_CLASS_TAG, type TokenClass } from '../../../domain/hostedUsage.ts';

type Labels = Readonly<Record<string, string>>;

/** In this order: `cache-read-input-tokens` are read from the cache. */
const CLASSES: readonly (readonly [RegExp, TokenClass])[] = [
  [/cache[\s_-]*writ|cache[\s_-]*creat/i, 'cache-write'],
  [/cache|cached|\bcchd\b/i, 'cached-input'],
  [/(?:^|[\s_-])(?:input|inp|prompt)(?:$|[\s_-])/i, 'input'],
  [/(?:^|[\s_-])(?:output|outp|opt|completion)(?:$|[\s_-])/i, 'output'],
];

/** What a meter says beside the model: where, when, how, and what it counts. */
const BESIDE: ReadonlySet<string> = new Set(
  [
    'cache cached cchd read write writes creation input inp prompt output outp opt completion',
    'token tokens count text standard batch flex priority mantle global glbl gl regional regnl',
    'rgnl data zone dzone dz prediction predictions generate content online of for the 1k 1m - –',
    'on-demand',
  ].flatMap((words) => words.split(' ')),
);

/** `USE1-` and the like, before what a region of AWS sells. */
const REGION = /^(?:[A-Z]{2,4}\d|EU|US|AP)-/;

/**
 * The model and the class of tokens: `USE1-Qwen3-32B-input-tokens-batch` is input of `Qwen3-32B`,
 * `gpt 4o mini 0718 cached Inp glbl Tokens` cached input of `gpt 4o mini 0718`. Nothing where the
 * words do not say which.
 */
export function tokenTags(meters: readonly string[], modelId: string | undefined): Labels {
  for (const meter of meters) {
    const of = CLASSES.find(([words]) => words.test(meter))?.[1];
    if (of === undefined) continue;
    const model = modelId ?? modelIn(meter);
    if (model !== '') return { [MODEL_TAG]: model, [TOKEN_CLASS_TAG]: of };
  }
  return {};
}

/** Words are apart by blanks, or by dashes where there is no blank. */
function modelIn(meter: string): string {
  const bare = meter.replace(REGION, '').trim();
  const sign = /\s/.test(bare) ? ' ' : '-';
  const words = bare.split(sign === ' ' ? /\s+/ : '-');
  return words.filter((word) => word !== '' && !BESIDE.has(word.toLowerCase())).join(sign);
}

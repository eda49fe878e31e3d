/** Finds the model and token class of a FOCUS row by the words of its meter. */

import { MODEL_TAG, TOKEN_CLASS_TAG, type TokenClass } from '../../../domain/usage.ts';

type Labels = Readonly<Record<string, string>>;

/** Order matters: `cache-read-input-tokens` are cached input. */
const CLASSES: readonly (readonly [RegExp, TokenClass])[] = [
  [/cache[\s_-]*writ|cache[\s_-]*creat/i, 'cache-write'],
  [/cache|cached|\bcchd\b/i, 'cached-input'],
  [/(?:^|[\s_-])(?:input|inp|prompt)(?:$|[\s_-])/i, 'input'],
  [/(?:^|[\s_-])(?:output|outp|opt|completion)(?:$|[\s_-])/i, 'output'],
];

/** Words in a meter that are not part of the model's name: region, time, mode and token class. */
const OTHER_WORDS: ReadonlySet<string> = new Set(
  [
    'cache cached cchd read write writes creation input inp prompt output outp opt completion',
    'token tokens count text standard batch flex priority mantle global glbl gl regional regnl',
    'rgnl data zone dzone dz prediction predictions generate content online of for the 1k 1m - –',
    'on-demand',
  ].flatMap((words) => words.split(' ')),
);

/** AWS region prefixes such as `USE1-`. */
const REGION = /^(?:[A-Z]{2,4}\d|EU|US|AP)-/;

/**
 * The model and the token class as tags. `USE1-Qwen3-32B-input-tokens-batch` is input of
 * `Qwen3-32B`. `gpt 4o mini 0718 cached Inp glbl Tokens` is cached input of `gpt 4o mini 0718`.
 * Empty if the words name no token class or no model.
 */
export function tokenTags(meters: readonly string[], modelId: string | undefined): Labels {
  for (const meter of meters) {
    const tokenClass = CLASSES.find(([pattern]) => pattern.test(meter))?.[1];
    if (tokenClass === undefined) continue;
    const model = modelId ?? modelName(meter);
    if (model !== '') return { [MODEL_TAG]: model, [TOKEN_CLASS_TAG]: tokenClass };
  }
  return {};
}

/** The model's name. Words are separated by blanks, or by dashes if there are no blanks. */
function modelName(meter: string): string {
  const name = meter.replace(REGION, '').trim();
  const separator = /\s/.test(name) ? ' ' : '-';
  const words = name.split(separator === ' ' ? /\s+/ : '-');
  return words
    .filter((word) => word !== '' && !OTHER_WORDS.has(word.toLowerCase()))
    .join(separator);
}

/** Parses model names: family, version, size, tuning, date, quantization. */

export interface ModelName {
  /** Publisher in lower case; absent if the name has none. */
  readonly publisher?: string;
  /** Words that belong to no other part, in order: `llama`, `qwen coder`. */
  readonly family: readonly string[];
  readonly versions: readonly string[];
  /** `70b`, or `30b a3b` for a mixture of experts. */
  readonly sizes: readonly string[];
  readonly tuning?: 'instruct' | 'base' | 'thinking';
  /** As the publisher writes it: `2507`, `0528`. */
  readonly date?: string;
  readonly quantization?: string;
}

const TUNINGS: ReadonlyMap<string, NonNullable<ModelName['tuning']>> = new Map([
  ['instruct', 'instruct'],
  ['chat', 'instruct'],
  ['it', 'instruct'],
  ['base', 'base'],
  ['pt', 'base'],
  ['thinking', 'thinking'],
  ['reasoning', 'thinking'],
]);

/** Names of quantizations, by the ledger's spelling. */
const QUANTIZATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    fp8: 'fp8 mxfp8 w8a8fp8',
    int8: 'int8 w8a8 w8a16 8bit q8',
    int4: 'int4 w4a16 4bit awq gptq q4 bnb nf4 gguf',
    fp4: 'fp4 nvfp4 mxfp4',
    bf16: 'bf16',
    fp16: 'fp16',
  }).flatMap(([spelled, words]) => words.split(' ').map((word) => [word, spelled] as const)),
);

/** Words that do not identify the weights. */
const ASIDES: ReadonlySet<string> = new Set(['meta', 'dynamic', 'hf', 'accounts', 'models']);

const SIZE = /^(?:\d+x)?\d+(?:\.\d+)?[bm]$|^a\d+(?:\.\d+)?b$/;
const VERSION = /^v?\d+(?:[.p]\d+)*$/;
const DATE = /^(?:20)?\d{2}(?:0[1-9]|1[0-2])$|^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/**
 * Reads `Qwen/Qwen3-30B-A3B-Instruct-2507-FP8` as qwen 3, 30b and a3b, instruct, 2507, fp8.
 * `accounts/fireworks/models/llama-v3p3-70b-instruct` is llama 3.3, 70b, instruct.
 */
export function parseModelName(text: string): ModelName {
  const path = text.toLowerCase().replace(/^~/, '').split(':')[0]?.split('/') ?? [];
  const words = splitWords(path.at(-1) ?? '');
  const left = words.filter((word) => !ASIDES.has(word));
  const dates = left.filter((word) => DATE.test(word));
  const isVersion = (word: string) => VERSION.test(word) && !DATE.test(word);
  const rest = left.filter((word) => !DATE.test(word) && !VERSION.test(word) && !SIZE.test(word));
  const [publisher] = path.length === 2 ? path : [];
  const tuning = first(rest, TUNINGS);
  const quantization = first(rest, QUANTIZATIONS);
  return {
    ...(publisher === undefined ? {} : { publisher }),
    family: rest.filter((word) => !TUNINGS.has(word) && !QUANTIZATIONS.has(word)),
    versions: left.filter(isVersion).map((word) => word.replace(/^v/, '').replaceAll('p', '.')),
    sizes: left.filter((word) => SIZE.test(word)),
    ...(tuning === undefined ? {} : { tuning }),
    ...(dates[0] === undefined ? {} : { date: dates[0] }),
    ...(quantization === undefined ? {} : { quantization }),
  };
}

/** `llama3.1-8b` is three words. A single letter stays with its number: `r1`, `k2.5`, `v3`. */
function splitWords(name: string): string[] {
  return name
    .split(/[^a-z0-9.]+/)
    .flatMap((word) => {
      if (SIZE.test(word) || QUANTIZATIONS.has(word)) return [word];
      const [, letters, number] = /^([a-z]{2,})(\d+(?:\.\d+)*)$/.exec(word) ?? [];
      return letters === undefined || number === undefined ? [word] : [letters, number];
    })
    .filter((word) => word !== '');
}

function first<Value>(words: readonly string[], known: ReadonlyMap<string, Value>) {
  return words.map((word) => known.get(word)).find((value) => value !== undefined);
}

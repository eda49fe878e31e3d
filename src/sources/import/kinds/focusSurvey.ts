/** What a FOCUS bill has beside charges: sums by currency and service, and tokens of models. */

import { usdDigits } from '../../../domain/figures.ts';
import { dollarsFirst, type FocusLine } from '../../../domain/focus.ts';
import { nanoFromUsd, sumNano, usd } from '../../../domain/money.ts';
import type { PullWarning, TakenAmount } from '../../../domain/pullWarning.ts';
import { MODEL_TAG, TOKEN_CLASS_TAG, type TokenClass } from '../../../domain/usage.ts';
import type { ChargeAmounts } from '../amounts.ts';
import type { FileRow } from '../columns.ts';

/** A cloud bill has some hundred services. Further services are summed in one line. */
const MAX_SERVICES = 500;

/** Creates an empty survey. */
export function createSurvey() {
  const lines = new Map<string, FocusLine>();
  return {
    note(row: FileRow, amounts: ChargeAmounts, isTaken: boolean): void {
      const { currency, billed } = toBilled(amounts);
      const category = row.cell('ServiceCategory') || row.cell('ChargeCategory');
      const service = row.cell('ServiceName') || 'no service name';
      const serviceKey = `${category}\0${service}\0${currency}`;
      const isListed = lines.has(serviceKey) || lines.size < MAX_SERVICES;
      const key = isListed ? serviceKey : currency;
      const line = lines.get(key) ?? {
        category: isListed ? category : '',
        service: isListed ? service : 'all other services',
        rows: 0,
        currency,
        billedNano: 0n,
        takenRows: 0,
        takenNano: 0n,
      };
      lines.set(key, {
        ...line,
        rows: line.rows + 1,
        billedNano: line.billedNano + billed,
        takenRows: line.takenRows + (isTaken ? 1 : 0),
        takenNano: line.takenNano + (isTaken ? billed : 0n),
      });
    },
    lines: (): FocusLine[] => [...lines.values()],
    taken(): PullWarning {
      const all = [...lines.values()];
      const rows = all.reduce((sum, line) => sum + line.rows, 0);
      const takenRows = all.reduce((sum, line) => sum + line.takenRows, 0);
      return { code: 'rows-taken', rows, takenRows, amounts: takenAmounts(all) };
    },
  };
}

/** The billed amount in billionths of its currency. */
function toBilled(amounts: ChargeAmounts): { readonly currency: string; readonly billed: bigint } {
  if (!('original' in amounts)) return { currency: 'USD', billed: amounts.billed };
  const { currency, amount } = amounts.original;
  return { currency, billed: nanoFromUsd(amount) };
}

/** The sums of each currency that the lines have, US dollars first. */
function takenAmounts(lines: readonly FocusLine[]): TakenAmount[] {
  const currencies = lines.length === 0 ? ['USD'] : lines.map(({ currency }) => currency);
  return [...new Set(currencies)].sort(dollarsFirst).map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const taken = sumNano(own.map(({ takenNano }) => takenNano));
    const billed = sumNano(own.map(({ billedNano }) => billedNano));
    return { currency, taken: usdDigits(usd(taken)), billed: usdDigits(usd(billed)) };
  });
}

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

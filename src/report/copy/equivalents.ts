/** What speaks for a hosted model as an equivalent of ours, and against it. */

import type { ModelDifference, ModelEvidence } from '../../domain/equivalents.ts';

/** `its Hugging Face id is a/b, it is named c`. */
export function evidenceText(all: readonly ModelEvidence[]): string {
  return all
    .map(({ by, value }) =>
      by === 'name' ? `it is named ${value}` : `its Hugging Face id is ${value}`,
    )
    .join(', ');
}

/** `version 3.1, yours is 3.3, published by a, yours by b`. */
export function differencesText(all: readonly ModelDifference[]): string {
  return all.map(differenceText).join(', ');
}

function differenceText(difference: ModelDifference): string {
  switch (difference.of) {
    case 'version':
    case 'size':
    case 'release':
    case 'tuning': {
      const { of, theirs = 'not told', ours = 'not told' } = difference;
      return `${of} ${theirs}, yours is ${ours}`;
    }
    case 'their-words':
      return `it is called ${difference.words.join(' ')} as well`;
    case 'our-words':
      return `yours is called ${difference.words.join(' ')} as well`;
    case 'publisher':
      return `published by ${difference.theirs}, yours by ${difference.ours}`;
    case 'quantization':
      return `quantization ${difference.theirs.join(', ')}, yours is ${difference.ours}`;
    case 'context':
      return `context ${difference.theirTokens}, yours is ${difference.ourTokens}`;
  }
}

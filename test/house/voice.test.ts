/** How the words, sentences and figures of a text are counted by the tests of its voice. */

import { describe, expect, it } from 'vitest';
import {
  findFigures,
  findListedWords,
  findNumbers,
  splitSentences,
  splitWords,
} from '../support/voice.ts';

describe('listed words', () => {
  it('are found in a text, with their replacements', () => {
    expect(findListedWords('The host asks more, so Owned is dearer.')).toEqual([
      'owned (write: self-hosted, rented GPUs)',
      'host (write: provider, hosted API, endpoint)',
      'the host asks (write: price)',
      'dearer (write: expensive, more expensive, most expensive)',
    ]);
    expect(findListedWords('It is good \u2014 97 % of it.')).toHaveLength(3);
  });

  it('do not count in code, flags, keys and quoted names, nor as parts of other words', () => {
    const text =
      'Set `labor` or labor.fixedHours, or use --labor-rate; "too close to call" stays. We ' +
      'recommend self-hosted replicas, letters and digits, and host names.';
    expect(findListedWords(text)).toEqual([]);
  });

  it('may be excepted where they have another meaning', () => {
    expect(
      findListedWords('Redis hosts of two machines', { except: ['hosts', 'machines'] }),
    ).toEqual([]);
  });
});

it('sentences end at marks before a space, at empty lines and at list items', () => {
  expect(
    splitSentences('Set it in rentcheck.yaml. It costs $1.10, e.g. at Lambda (8 GPUs). Why?\nNext'),
  ).toEqual([
    'Set it in rentcheck.yaml.',
    'It costs $1.10, e.g. at Lambda (8 GPUs).',
    'Why?',
    'Next',
  ]);
  expect(splitSentences('One line\nthat goes on.\n\n- first\n- second')).toEqual([
    'One line that goes on.',
    '- first',
    '- second',
  ]);
});

it('words are separated by spaces, and code is one word', () => {
  expect(splitWords('Add `usage: { source: prom }` to chat-70b: $5 a day.')).toEqual([
    'Add',
    '`usage:_{_source:_prom_}`',
    'to',
    'chat-70b:',
    '$5',
    'a',
    'day.',
  ]);
});

it('numbers are amounts, shares, counts and dates, but no names; a range may be one figure', () => {
  const text =
    'By Dec 31, 2026, chat-70b on H100 costs $1,200 to $1,500 (-$20), 97% likely in Q3 2026.';
  expect(findNumbers(text)).toEqual(['Dec 31, 2026', '$1,200', '$1,500', '-$20', '97%', 'Q3 2026']);
  expect(findFigures(text)).toHaveLength(5);
});

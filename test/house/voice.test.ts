/** How the words, sentences and figures of a text are counted by the tests of its voice. */

import { describe, expect, it } from 'vitest';
import { figuresOf, listedWords, numbersOf, sentencesOf, wordsOf } from '../support/voice.ts';

describe('listed words', () => {
  it('are found in a text, with their replacements', () => {
    expect(listedWords('The host asks more, so Owned is dearer.')).toEqual([
      'owned (write: self-hosted, rented GPUs)',
      'host (write: provider, hosted API, endpoint)',
      'the host asks (write: price)',
      'dearer (write: expensive, more expensive, most expensive)',
    ]);
    expect(listedWords('It is good \u2014 97 % of it.')).toHaveLength(3);
  });

  it('do not count in code, flags, keys and quoted names, nor as parts of other words', () => {
    const text =
      'Set `labor` or labor.fixedHours, or use --labor-rate; "too close to call" stays. We ' +
      'recommend self-hosted replicas, letters and digits, and host names.';
    expect(listedWords(text)).toEqual([]);
  });

  it('may be excepted where they have another meaning', () => {
    expect(listedWords('Redis hosts of two machines', { except: ['hosts', 'machines'] })).toEqual(
      [],
    );
  });
});

it('sentences end at marks before a space, at empty lines and at list items', () => {
  expect(
    sentencesOf('Set it in rentcheck.yaml. It costs $1.10, e.g. at Lambda (8 GPUs). Why?\nNext'),
  ).toEqual([
    'Set it in rentcheck.yaml.',
    'It costs $1.10, e.g. at Lambda (8 GPUs).',
    'Why?',
    'Next',
  ]);
  expect(sentencesOf('One line\nthat goes on.\n\n- first\n- second')).toEqual([
    'One line that goes on.',
    '- first',
    '- second',
  ]);
});

it('words are separated by spaces, and code is one word', () => {
  expect(wordsOf('Add `usage: { source: prom }` to chat-70b: $5 a day.')).toEqual([
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
  expect(numbersOf(text)).toEqual(['Dec 31, 2026', '$1,200', '$1,500', '-$20', '97%', 'Q3 2026']);
  expect(figuresOf(text)).toHaveLength(5);
});

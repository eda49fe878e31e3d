/**
 * The words that no user-visible text may have, and how a text is split into sentences and words.
 */

interface Listed {
  readonly pattern: RegExp;
  readonly instead: string;
}

const word = (pattern: string, instead: string, flags = 'iu'): Listed => ({
  pattern: new RegExp(`(?<![\\p{L}\\d_.-])(?:${pattern})(?![\\p{L}\\d_-])`, `g${flags}`),
  instead,
});

/** One word for each thing: the listed word, and its replacement. */
const OTHER_WORDS: readonly Listed[] = [
  word('owned|our own|own machines', 'self-hosted, rented GPUs'),
  word('hosts?(?! names?)', 'provider, hosted API, endpoint'),
  word('asking prices?|the (?:host|provider) asks', 'price'),
  word('dear(?:er|est)?', 'expensive, more expensive, most expensive'),
  word("people[’']s (?:time|hours)|time of people|labor", 'engineering time'),
  word('(?:of|the|in|and|total) rent|rent of', 'GPU spend'),
  word('odds|(?<!make )sure(?:ly|st|ness)?', 'probability, 97% likely'),
  word('flips?|flipped|turns the answer|hangs on', 'break-even'),
  word('(?:the )?change itself', 'one-off migration cost'),
  word('having any takes', 'fixed engineering time'),
  word('stranded|owed|owes', 'unused or remaining commitment, due, overdue'),
  word('look(?:s|ing)? back|looked back|standing answer', 'previous quarter, previous verdict'),
  word('to none|for none of them', 'not attributed, cannot be matched'),
  word('drawn|draws|anew', 'simulation, runs, again'),
  word('(?<!capital |small |case )letters?(?!(?:,| and| or) digits)', 'report, message'),
  word('(?<!screen )readers?', 'leader, owner, finance, recipient'),
  word('tries|pace', 'attempts, rate'),
  word('rehears(?:e|es|ed|al|als)', 'preview, dry run'),
  word('wish(?:es|ed)?', 'override'),
  word('mend(?:s|ed|ing)?', 'fix'),
  word('f[ae]lls? short|fallen short', 'failed, incomplete'),
  word('windows?', 'period, quarter', 'u'),
  word('pods|machines', 'replicas, GPUs'),
  word('tells?|told|telling', 'shows, states, reports'),
  word('(?:ledger|bills?|config|table|file|price) (?:knows?|holds?|asks?|wants?|says?)', 'lists'),
  word('of which|what is no|so that it|nobody', 'two plain sentences'),
  word('too close to call', 'too small to act on, not certain enough, not enough evidence'),
  { pattern: /\u2014/g, instead: 'a period or a comma' },
  { pattern: /\d[ \u00a0\u202f]%/g, instead: '97%, without a blank' },
];

/** Evaluations. The figure speaks. */
const EVALUATIONS: readonly Listed[] = [
  word('good|bad|badly|poor|poorly|great|greatly|excellent|terrible|impressive', 'the figure'),
  word('healthy|unhealthy|robust|strong|strongly|weak', 'the figure'),
  word(
    'significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|huge|dramatic(?:ally)?',
    'the figure',
  ),
  word('improv(?:e|es|ed|ing|ements?)', 'what fell or rose, and by how much'),
  word('unfortunately|sadly|luckily|of course|obviously', 'nothing'),
  word('soon', 'a date'),
];

/** Names rather than words: code, flags, keys with dots, and quoted text. */
const NAMES = [
  /`[^`]*`/g,
  /"[^"\n]{1,60}"/g,
  /(?<![\p{L}\d])--?[a-z][\w-]*/gu,
  /\b\w+(?:[._]\w+)+\b/g,
  /\b[a-z]+[A-Z]\w*\b/g,
  /\bhttps?:\S+/g,
];

function withoutNames(text: string): string {
  return NAMES.reduce((rest, name) => rest.replace(name, '\u0000'), text);
}

/**
 * The listed words in a text, each with its replacement. `except` names words with another meaning
 * there, such as `letters` of an alphabet.
 */
export function findListedWords(text: string, { except = [] as readonly string[] } = {}): string[] {
  const bare = withoutNames(text);
  return [...OTHER_WORDS, ...EVALUATIONS].flatMap(({ pattern, instead }) =>
    [...bare.matchAll(pattern)]
      .map(([found]) => found.toLowerCase())
      .filter((found) => !except.includes(found))
      .map((found) => `${found} (write: ${instead})`),
  );
}

const ABBREVIATION = /\b(?:e\.g|i\.e|vs|etc|approx|[A-Z]\.[A-Z])\.$/;

/**
 * Sentences of prose. They end at a period, a question mark or an exclamation mark before a space,
 * and at an empty line or the next list item. `$1.10` and `rentcheck.yaml` are not split.
 */
export function splitSentences(text: string): string[] {
  return text
    .split(/\n\s*\n|\n(?=\s*(?:[-*•]|\d+\.)\s)/)
    .flatMap(sentencesOfParagraph)
    .filter((sentence) => /[\p{L}\d]/u.test(sentence));
}

function sentencesOfParagraph(paragraph: string): string[] {
  const sentences: string[] = [];
  for (const part of paragraph
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?][)"”’'`]?) /)) {
    const last = sentences.at(-1);
    if (last !== undefined && ABBREVIATION.test(last)) {
      sentences[sentences.length - 1] = `${last} ${part}`;
    } else sentences.push(part);
  }
  return sentences;
}

/** Space-separated parts with a letter or a digit. Text in backticks is one word. */
export function splitWords(sentence: string): string[] {
  return sentence
    .replace(/`[^`]*`/g, (code) => code.replace(/\s/g, '_'))
    .split(/\s+/)
    .filter((part) => /[\p{L}\d]/u.test(part));
}

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const DATE = [
  '\\d{4}-\\d{2}(?:-\\d{2})?(?:T[\\d:.]+Z?)?',
  `${MONTH} \\d{1,2}(?:, \\d{4})?`,
  `\\d{1,2} ${MONTH}(?: \\d{4})?`,
  `${MONTH} \\d{4}`,
  'Q[1-4](?: \\d{4})?',
].join('|');
const AMOUNT = '[-+\u2212]?\\$?\\d[\\d,]*(?:\\.\\d+)?(?:[KMBT]\\b|[%×])?';
const NUMBER = new RegExp(`(?<![\\p{L}\\d_./-])(?:${DATE}|${AMOUNT})(?![\\p{L}\\d_-])`, 'gu');
const TO = '(?: to | \u2013 |\u2013| and )';
const RANGE = new RegExp(
  `(?<![\\p{L}\\d_./-])(?:between )?(${AMOUNT})${TO}(${AMOUNT})(?![\\p{L}\\d_-])`,
  'gu',
);

/** Each figure: an amount, a share, a count, a date. Digits within a name (`H100`) do not count. */
export function findNumbers(text: string): string[] {
  return [...text.matchAll(NUMBER)].map(([number]) => number);
}

/** As `findNumbers`, but the two ends of a range (`$1 to $2`) count once. */
export function findFigures(text: string): string[] {
  return findNumbers(text.replace(RANGE, '$1'));
}

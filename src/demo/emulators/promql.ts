/** Parses the subset of PromQL that rentcheck uses: one selector with an optional range. */

export interface LabelMatcher {
  readonly label: string;
  readonly matches: (value: string) => boolean;
}

export interface MetricSelector {
  readonly matchers: readonly LabelMatcher[];
  /** Set for a range selector. */
  readonly rangeMs?: number;
}

/** The error of a query: 400 for invalid PromQL, 422 for PromQL that is not supported here. */
export interface QueryFault {
  readonly status: 400 | 422;
  readonly error: string;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';

const SELECTOR = new RegExp(
  String.raw`^(?<name>${NAME})?\s*(?:\{(?<matchers>(?:[^"'{}]|${QUOTED})*)\})?\s*` +
    String.raw`(?:\[(?<range>[^\]]*)\])?$`,
);

const MATCHER = new RegExp(
  String.raw`\s*(?<label>[a-zA-Z_]\w*)\s*(?<operator>=~|!~|!=|=)\s*(?<text>${QUOTED})\s*(?:,|$)`,
  'y',
);

/**
 * Parses `name{label="v",other=~"re"}[1h30m]`. Regular expressions are anchored, as in PromQL.
 * Functions and operators are not supported.
 */
export function parseSelector(query: string): MetricSelector | QueryFault {
  const text = query.trim();
  if (text === '') return badQuery('unknown position: parse error: no expression found in input');
  const parts = SELECTOR.exec(text)?.groups;
  if (parts === undefined) return notASelector(text);
  const matchers = readMatchers(parts['matchers'] ?? '');
  if (!Array.isArray(matchers)) return matchers;
  if (parts['name'] !== undefined) matchers.unshift(equals('__name__', parts['name']));
  if (matchers.every(({ matches }) => matches(''))) {
    return badQuery(
      '1:1: parse error: vector selector must contain at least one non-empty matcher',
    );
  }
  if (parts['range'] === undefined) return { matchers };
  const rangeMs = readDuration(parts['range']);
  return rangeMs === undefined
    ? badQuery(`1:${text.indexOf('[') + 2}: parse error: bad duration "${parts['range']}"`)
    : { matchers, rangeMs };
}

function readMatchers(text: string): LabelMatcher[] | QueryFault {
  const matchers: LabelMatcher[] = [];
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    MATCHER.lastIndex = at;
    const parts = MATCHER.exec(text)?.groups;
    if (parts === undefined) {
      return badQuery(`1:${at + 1}: parse error: unexpected character inside braces`);
    }
    at = MATCHER.lastIndex;
    const matcher = matcherOf(parts['label'] ?? '', parts['operator'] ?? '', parts['text'] ?? '');
    if (matcher === undefined) return badQuery('1:1: parse error: error parsing regexp');
    matchers.push(matcher);
  }
  return matchers;
}

function matcherOf(label: string, operator: string, quoted: string): LabelMatcher | undefined {
  const value = unquote(quoted);
  if (operator === '=') return equals(label, value);
  if (operator === '!=') return { label, matches: (other) => other !== value };
  const pattern = anchored(value);
  if (pattern === undefined) return undefined;
  const wanted = operator === '=~';
  return { label, matches: (other) => pattern.test(other) === wanted };
}

function equals(label: string, value: string): LabelMatcher {
  return { label, matches: (other) => other === value };
}

function anchored(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_whole, letter: string) => {
    if (letter === 'n') return '\n';
    return letter === 't' ? '\t' : letter;
  });
}

/** `1h30m` is 5,400,000 ms. Anything but whole numbers with units is `undefined`. */
function readDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * (UNITS[unit ?? ''] ?? 0);
  }
  return total > 0 ? total : undefined;
}

function notASelector(text: string): QueryFault {
  for (const [open, close, name] of [
    ['(', ')', 'parenthesis'],
    ['{', '}', 'brace'],
    ['[', ']', 'bracket'],
  ] as const) {
    if (count(text, open) > count(text, close)) {
      return badQuery(`1:${text.length + 1}: parse error: unclosed left ${name}`);
    }
  }
  if (/[(+*/%^-]|\bby\b|\boffset\b|@/.test(text)) {
    return { status: 422, error: 'only plain selectors can be evaluated here' };
  }
  return badQuery('1:1: parse error: unexpected character');
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

function badQuery(error: string): QueryFault {
  return { status: 400, error: `invalid parameter "query": ${error}` };
}

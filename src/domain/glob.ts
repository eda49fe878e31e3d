/** Matches globs: `*` is any run of characters, `\*` a star, everything else itself. */

/**
 * Linear in the text for each `*`, so no pattern can block an audit. `chat-*` matches `chat-1`;
 * `chat-\*` matches only `chat-*`.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [head = '', ...rest] = partsOf(pattern);
  if (rest.length === 0) return text === head;
  const tail = rest.pop() ?? '';
  if (!text.startsWith(head) || text.length < head.length + tail.length) return false;
  if (!text.endsWith(tail)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - tail.length;
}

/** The pattern that matches only this text: `a*` is `a\*`. */
export function toGlob(text: string): string {
  return text.replaceAll('*', String.raw`\*`);
}

/** Whether a pattern matches one text only. */
export function isExactGlob(pattern: string): boolean {
  return partsOf(pattern).length === 1;
}

/** The texts between the stars. */
function partsOf(pattern: string): string[] {
  if (!pattern.includes('\\')) return pattern.split('*');
  return pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll(String.raw`\*`, '*'));
}

/** Reads a page in a test: the text that a user sees, and its numbers. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&shy;': '',
  '&amp;': '&',
};

/**
 * The visible text of a page's body, with that of its pictures and without labels for small
 * screens.
 */
export function visibleWords(html: string): string {
  const body = html.slice(html.indexOf('<body'));
  const words = body
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<style[\s\S]*?<\/style>/g, ' ')
    .replace(/<span class="lb">.*?<\/span>/g, ' ')
    .replace(/<img[^>]*?alt="([^"]*)"[^>]*>/g, ' $1 ')
    .replace(/<[^>]*>/g, ' ');
  return words.replace(/&(?:lt|gt|quot|#39|shy|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Every number with its sign, currency and unit, sorted. */
export function numbersIn(text: string): string[] {
  const found = text.match(/-?[<>]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:[%×KMBT](?![a-zA-Z]))?/g) ?? [];
  return found.toSorted();
}

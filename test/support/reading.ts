/** Knows how a page is read by a test: what a person would see of it, and the numbers in that. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&shy;': '',
  '&amp;': '&',
};

/**
 * The words of a page's body, with those of its pictures; labels for small screens are left out.
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

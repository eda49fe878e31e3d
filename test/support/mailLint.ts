/** Knows what mail clients drop, block or break on; each rule with the reason in its name. */

const RULES: Readonly<Record<string, RegExp>> = {
  'scripts and active content are removed':
    /<(?:script|iframe|object|embed|form|input|button|video|audio|canvas)\b/gi,
  'SVG is removed by Gmail and Outlook': /<svg\b/gi,
  'stylesheets and bases are external': /<(?:link|base)\b|@import|@font-face/gi,
  'event attributes are active content': /\son[a-z]+\s*=/gi,
  'grid and flex are unknown to Outlook': /display\s*:\s*(?:inline-)?(?:grid|flex)/gi,
  'position is removed by Gmail': /[;{"\s]position\s*:/gi,
  'variables and calculations are unknown to Outlook': /var\(--|calc\(/gi,
  'resources are loaded only from the mail itself':
    /\s(?:src|href|background|srcset)\s*=\s*["']?(?!["']?cid:)/gi,
  'CSS loads nothing': /url\(/gi,
};

/** What is wrong with the page, rule and place; empty when nothing is. */
export function mailFaults(html: string): string[] {
  const code = codeOf(html);
  return Object.entries(RULES).flatMap(([rule, pattern]) =>
    [...code.matchAll(pattern)].map(({ index }) => `${rule}: ${code.slice(index, index + 60)}`),
  );
}

/** Tags and styles alone: words may say anything, in the text as in a picture's alternative. */
function codeOf(html: string): string {
  const tags = html.match(/<[^>]*>|<style[\s\S]*?<\/style>/gi) ?? [];
  const styles = html.match(/<style[\s\S]*?<\/style>/gi) ?? [];
  return [...tags, ...styles].join('\n').replace(/\s(?:alt|title|aria-label)="[^"]*"/gi, '');
}

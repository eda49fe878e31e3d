/** What mail clients drop, block or render wrongly. Each rule has its reason in its name. */

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
  'a picture without a width breaks out of Outlook': /<img\b(?![^>]*\swidth="\d)[^>]*>/gi,
  'only media queries reach Gmail': /(?<=^|[\s;{}>])@(?!media\b)[a-z-]+/gim,
  'Gmail reads no media feature but width and color scheme':
    /@media[^{]*\((?!(?:min|max)-width|prefers-color-scheme)[^)]*\)/gi,
};

/** CSS properties that Gmail, Outlook and Apple Mail support, or ignore without harm. */
const PROPERTIES = new Set(
  (
    'background background-color border border-bottom border-collapse border-color border-left ' +
    'border-radius border-top color color-scheme direction display float font-family font-size ' +
    'font-variant-numeric font-weight height line-height margin max-width mso-hide ' +
    'mso-line-height-rule mso-table-lspace mso-table-rspace -ms-interpolation-mode ' +
    '-ms-text-size-adjust -webkit-text-size-adjust outline overflow overflow-wrap padding ' +
    'padding-bottom padding-left padding-right padding-top supported-color-schemes text-align ' +
    'text-decoration vertical-align white-space width word-break word-spacing'
  ).split(' '),
);

/** Gmail drops a longer style block as a whole. */
const MOST_STYLE_LETTERS = 8192;
/** Gmail clips a longer message behind a link. */
const MOST_BYTES = 102_400;

/** The faults of the page, rule and place. Empty if there are none. */
export function findMailFaults(html: string): string[] {
  const code = codeOf(html);
  const found = Object.entries(RULES).flatMap(([rule, pattern]) =>
    [...code.matchAll(pattern)].map(({ index }) => `${rule}: ${code.slice(index, index + 60)}`),
  );
  return [...found, ...unknownProperties(html), ...tooLarge(html), ...withoutWords(html)];
}

/** Tags and styles only. Visible text and alternative texts are not checked. */
function codeOf(html: string): string {
  const tags = html.match(/<[^>]*>|<style[\s\S]*?<\/style>/gi) ?? [];
  return [...tags, ...stylesOf(html)]
    .join('\n')
    .replace(/\s(?:alt|title|aria-label)="[^"]*"/gi, '');
}

function stylesOf(html: string): string[] {
  return html.match(/<style[\s\S]*?<\/style>/gi) ?? [];
}

function unknownProperties(html: string): string[] {
  const inline = [...html.matchAll(/\sstyle="([^"]*)"/g)].map(([, style]) => `{${style ?? ''}}`);
  const properties = [...stylesOf(html), ...inline].flatMap((css) =>
    [...css.matchAll(/[{;]\s*([a-z-]+)\s*:[^;{}]*(?=[;}])/gi)].map(([, name]) => name ?? ''),
  );
  return [...new Set(properties)]
    .filter((name) => !PROPERTIES.has(name))
    .map((name) => `not every mail client takes the property ${name}`);
}

function tooLarge(html: string): string[] {
  const blocks = stylesOf(html).filter((block) => block.length > MOST_STYLE_LETTERS);
  return [
    ...blocks.map((block) => `Gmail drops a block of ${block.length} letters of styles`),
    ...(Buffer.byteLength(html) < MOST_BYTES ? [] : ['Gmail cuts a message of 102,400 bytes']),
  ];
}

/** Pictures need alternative text, and a page needs a title and a language. */
function withoutWords(html: string): string[] {
  const pictures = html.match(/<img\b[^>]*>/gi) ?? [];
  const mute = pictures.filter((picture) => !/\salt="[^"]+"/.test(picture));
  const isPage = /<html\b/i.test(html);
  return [
    ...mute.map((picture) => `a picture that is not shown says nothing: ${picture.slice(0, 60)}`),
    ...(isPage && !/<html[^>]*\slang="[a-z]/.test(html) ? ['the page has no language'] : []),
    ...(isPage && !/<title>[^<]/.test(html) ? ['the page has no title'] : []),
  ];
}

/** YAML that people paste: values inside `{ … }` that mean the same text wherever they stand. */

/**
 * A text in double quotes, exactly. Whatever a terminal would obey, a reader could not see or
 * rentcheck would take for a reference is escaped: `${HOME}` is `"\u0024{HOME}"`.
 */
export function yamlText(text: string): string {
  return JSON.stringify(text)
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escaped)
    .replaceAll('${', String.raw`\u0024{`);
}

/** `{ source: "cloud", match: { id: "node-7" } }`. */
export type FlowMap = { readonly [key: string]: string | boolean | FlowMap };

export function yamlFlow(map: FlowMap): string {
  const entries = Object.entries(map).map(([key, value]) => {
    if (typeof value === 'string') return `${key}: ${yamlText(value)}`;
    return `${key}: ${typeof value === 'boolean' ? String(value) : yamlFlow(value)}`;
  });
  return `{ ${entries.join(', ')} }`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xff_ff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

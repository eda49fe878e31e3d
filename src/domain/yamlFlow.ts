/** Renders YAML flow mappings to paste, with values that mean the same text anywhere. */

/**
 * A double-quoted YAML string. Control and invisible characters, and anything rentcheck would read
 * as a reference, are escaped: `${HOME}` is `"\u0024{HOME}"`.
 */
export function yamlText(text: string): string {
  return JSON.stringify(text)
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escaped)
    .replaceAll('${', String.raw`\u0024{`);
}

type FlowValue = string | boolean | FlowMap | readonly FlowValue[];

/** `{ source: "cloud", match: { id: "node-7" } }`; undefined values are left out. */
export type FlowMap = { readonly [key: string]: FlowValue | undefined };

export function yamlFlow(map: FlowMap): string {
  const entries = Object.entries(map).flatMap(([key, value]) =>
    value === undefined ? [] : [`${yamlKey(key)}: ${flowValue(value)}`],
  );
  return `{ ${entries.join(', ')} }`;
}

/** A plain identifier needs no quotes. */
function yamlKey(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : yamlText(key);
}

function flowValue(value: FlowValue): string {
  if (typeof value === 'string') return yamlText(value);
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(flowValue).join(', ')}]`;
  return yamlFlow(value);
}

function isList(value: FlowValue): value is readonly FlowValue[] {
  return Array.isArray(value);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xff_ff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

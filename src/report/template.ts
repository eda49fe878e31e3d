/** Reads templates and fills their placeholders. The only place that escapes HTML. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { invariant } from '../domain/failure.ts';

const folder = new URL('../../templates/', import.meta.url);

/** Escaped HTML. All other values are escaped when filled in. */
export interface EscapedHtml {
  readonly html: string;
}

/** Values by placeholder name. */
export type TemplateValues = Readonly<Record<string, string | EscapedHtml>>;

/** Path of a template, from which MJML resolves its includes. */
export function templatePath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** The text of a template, e.g. `report.txt` or `parts/row.html`. */
export function readTemplate(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** Reads a fragment by name: `row` is `parts/row.html`. */
export function readPart(name: string): string {
  return readTemplate(`parts/${name}.html`).trimEnd();
}

/**
 * Fills every `{{name}}` of an HTML template once. Braces in values stay text. A placeholder
 * without a value, or a value without a placeholder, is a bug.
 */
export function fillHtml(template: string, values: TemplateValues): EscapedHtml {
  const html = fill(template, values, (value) =>
    typeof value === 'string' ? escapeHtml(value) : value.html,
  );
  return { html };
}

/** {@link fillHtml} for plain text, where nothing needs escaping. */
export function fillText(template: string, values: Readonly<Record<string, string>>): string {
  return fill(template, values, (value) => value);
}

/** Joins fragments. */
export function joinMarkup(parts: readonly EscapedHtml[]): EscapedHtml {
  return { html: parts.map(({ html }) => html).join('') };
}

function fill<T>(
  template: string,
  values: Readonly<Record<string, T>>,
  show: (value: T) => string,
): string {
  const unused = new Set(Object.keys(values));
  const filled = template.replace(/\{\{([a-zA-Z0-9.]+)\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    invariant(value !== undefined, `the template asks for "${name}", which has no value`);
    unused.delete(name);
    return show(value);
  });
  invariant(unused.size === 0, `the template has no place for: ${[...unused].join(', ')}`);
  return filled;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML: `<b>` is shown as written. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Faults of the config file: where they are, what was found and expected, and what to do. */

/** Keys and list positions from the top of the file. */
export type ConfigPath = readonly (string | number)[];

export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

export interface ConfigFault {
  readonly path: ConfigPath;
  readonly place: FilePosition;
  /** One sentence without a period. */
  readonly problem: string;
}

/** `['a', 'b', 0, 'c']` is `a.b[0].c`. */
function pathText(path: ConfigPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** `deployments.chat.gpu.count (line 9, column 31): found -1, expected …`. */
function faultText({ path, place, problem }: ConfigFault): string {
  const where = `line ${place.line}, column ${place.column}`;
  return path.length === 0 ? `${where}: ${problem}` : `${pathText(path)} (${where}): ${problem}`;
}

/** Lists all faults in the file's order, one per line, without duplicates. */
export function renderConfigFaults(file: string, faults: readonly ConfigFault[]): string {
  const ordered = [...faults].sort(
    (a, b) => a.place.line - b.place.line || a.place.column - b.place.column,
  );
  const lines = [...new Set(ordered.map(faultText))];
  const count = lines.length === 1 ? '1 error' : `${lines.length} errors`;
  return [`${file} has ${count}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

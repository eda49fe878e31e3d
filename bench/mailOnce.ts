/** Makes one report from a stored audit, in a process of its own that is timed from its start. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReportInput } from '../src/report/input.ts';
import { renderReport } from '../src/report/report.ts';

const [stored = '', folder = ''] = process.argv.slice(2);
const { files } = await renderReport(JSON.parse(readFileSync(stored, 'utf8')) as ReportInput);
for (const { name, bytes } of files) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

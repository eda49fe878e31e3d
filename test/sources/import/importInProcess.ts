/** Imports a file without storing it, in a separate process, and reports the resources used. */

import { readImportFile } from '../../../src/sources/import/readImport.ts';

const [, , path = '', name = 'usage'] = process.argv;
const kind = name === 'focus' ? 'focus' : 'usage';
const before = process.resourceUsage().maxRSS;
const request = { kind, path, sourceId: 'import', nowMs: Date.now() } as const;
let facts = 0;
let rejects = 0;
let largest = 0;
for await (const batch of readImportFile(request)) {
  const { usage = [], charges = [], rejects: bad = [] } = batch.facts;
  const good = usage.length + charges.length;
  facts += good;
  rejects += bad.length;
  largest = Math.max(largest, good + bad.length);
}
const grownKb = process.resourceUsage().maxRSS - before;
process.stdout.write(JSON.stringify({ facts, rejects, largest, grownKb }));

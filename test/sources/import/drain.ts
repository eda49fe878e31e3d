/** Knows how to import a file into nothing, in a process of its own, and tell what that took. */

import { readImportFile } from '../../../src/sources/import/importFile.ts';

const [, , path = ''] = process.argv;
const before = process.resourceUsage().maxRSS;
const request = { kind: 'usage', path, sourceId: 'import', nowMs: Date.now() } as const;
let facts = 0;
let rejects = 0;
let largest = 0;
for await (const batch of readImportFile(request)) {
  const { usage = [], rejects: bad = [] } = batch.facts;
  facts += usage.length;
  rejects += bad.length;
  largest = Math.max(largest, usage.length + bad.length);
}
const grownKb = process.resourceUsage().maxRSS - before;
process.stdout.write(JSON.stringify({ facts, rejects, largest, grownKb }));

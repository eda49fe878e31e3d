/** Parses a text of metrics in a process of its own, and prints its memory. */

import { samplesOf } from './metrics.ts';
import { peakMegabytes } from './peakMemory.js';

const found = samplesOf(Number(process.argv[2]));
if (found === 0) throw new Error('no sample was found');
process.stdout.write(String(peakMegabytes()));

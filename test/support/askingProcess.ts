/** Knows a worker's HTTP client in a process of its own, for tests of limits that all share. */

import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { openGate } from '../../src/schedule/gate.ts';

const [place = '', url = '', limit = '', questions = '0'] = process.argv.slice(2);
const gate = openGate({ place: JSON.parse(place), limitOf: () => JSON.parse(limit) });
const http = createHttpClient({ clock: systemClock, gate });
const asked = Array.from({ length: Number(questions) }, () => http.get({ url: new URL(url) }));
const results = await Promise.all(asked);
process.stdout.write(JSON.stringify(results.map(({ ok }) => ok)));
await gate.end();

/** A worker's HTTP client in a process of its own, for tests of shared rate limits. */

import { systemClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { openRateLimiter } from '../../src/schedule/rateLimiter.ts';

const [place = '', url = '', limit = '', questions = '0'] = process.argv.slice(2);
const limiter = openRateLimiter({ place: JSON.parse(place), findLimit: () => JSON.parse(limit) });
const http = createHttpClient({ clock: systemClock, rateLimiter: limiter });
const requests = Array.from({ length: Number(questions) }, () => http.get({ url: new URL(url) }));
const results = await Promise.all(requests);
process.stdout.write(JSON.stringify(results.map(({ ok }) => ok)));
await limiter.quit();

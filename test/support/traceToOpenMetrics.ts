/** Converts a trace of real requests to vLLM's counters, scraped every 15 s. */

export interface TracedRequest {
  /** Since the first request of the trace. */
  readonly offsetMs: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export interface TraceTotals {
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export interface TraceScrapeOptions {
  /** When the first request arrives. Scrapes begin 30 s before, with all counters at zero. */
  readonly startMs: number;
  /**
   * Scrapes continue beyond this time and beyond the last token. By default only beyond the last
   * token.
   */
  readonly endMs?: number;
  readonly modelName: string;
  /** Requests are assigned to these in turn. `['10.0.0.11:8000']` by default. */
  readonly instances?: readonly string[];
  readonly job?: string;
  readonly scrapeMs?: number;
  /** Scrapes are at multiples of `scrapeMs` plus this. */
  readonly scrapeOffsetMs?: number;
  /** Duration of one output token. The prompt is counted on arrival. */
  readonly msPerOutputToken?: number;
}

/**
 * Parses `TIMESTAMP,ContextTokens,GeneratedTokens` with times like `2023-11-16 18:15:46.6805900`.
 */
export function readTrace(csv: string): TracedRequest[] {
  const rows = csv.trim().split(/\r?\n/).slice(1);
  const requests = rows.map((row) => {
    const [time = '', prompt = '', output = ''] = row.split(',');
    const atMs = Date.parse(`${time.replace(' ', 'T').slice(0, 23)}Z`);
    return { atMs, promptTokens: Number(prompt), outputTokens: Number(output) };
  });
  const firstMs = Math.min(...requests.map(({ atMs }) => atMs));
  return requests
    .map(({ atMs, ...tokens }) => ({ offsetMs: atMs - firstMs, ...tokens }))
    .sort((a, b) => a.offsetMs - b.offsetMs);
}

/** The sums of the trace itself. */
export function sumTrace(trace: readonly TracedRequest[]): TraceTotals {
  const sum = (of: (request: TracedRequest) => number) =>
    trace.reduce((total, request) => total + of(request), 0);
  return {
    requests: trace.length,
    promptTokens: sum(({ promptTokens }) => promptTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
  };
}

/** One scrape of one server. */
interface Scrape {
  readonly atMs: number;
  readonly prompt: number;
  readonly output: number;
  readonly finished: number;
  readonly running: number;
}

/** The whole text, `# EOF` included, as `promtool tsdb create-blocks-from openmetrics` takes it. */
export function traceToOpenMetrics(
  trace: readonly TracedRequest[],
  scraping: TraceScrapeOptions,
): string {
  const { instances = ['10.0.0.11:8000'], job = 'vllm', modelName } = scraping;
  const servers = instances.map((instance, index) => {
    const own = trace.filter((_, turn) => turn % instances.length === index);
    const labels = `engine="0",instance="${instance}",job="${job}",model_name="${modelName}"`;
    return { labels, scrapes: scrapesOf(own, scraping, lastMsOf(trace, scraping)) };
  });
  const family = (
    type: string,
    name: string,
    sample: (labels: string, scrape: Scrape) => string,
  ) => [
    `# TYPE ${name} ${type}`,
    ...servers.flatMap(({ labels, scrapes }) =>
      scrapes.map((scrape) => `${name}${sample(labels, scrape)} ${scrape.atMs / 1000}`),
    ),
  ];
  const finished = (reason: string, count: (scrape: Scrape) => number) =>
    servers.flatMap(({ labels, scrapes }) =>
      scrapes.map(
        (scrape) =>
          `vllm:request_success_total{finished_reason="${reason}",${labels}} ` +
          `${count(scrape)} ${scrape.atMs / 1000}`,
      ),
    );
  return [
    ...family('counter', 'vllm:prompt_tokens', (l, s) => `_total{${l}} ${s.prompt}`),
    ...family('counter', 'vllm:generation_tokens', (l, s) => `_total{${l}} ${s.output}`),
    '# TYPE vllm:request_success counter',
    ...finished('abort', () => 0),
    ...finished('stop', (scrape) => scrape.finished),
    ...family('gauge', 'vllm:num_requests_running', (l, s) => `{${l}} ${s.running}`),
    '# EOF',
    '',
  ].join('\n');
}

const MS_PER_OUTPUT_TOKEN = 25;

function lastMsOf(trace: readonly TracedRequest[], scraping: TraceScrapeOptions): number {
  const { startMs, endMs = startMs, msPerOutputToken = MS_PER_OUTPUT_TOKEN } = scraping;
  return trace.reduce(
    (last, { offsetMs, outputTokens }) =>
      Math.max(last, startMs + offsetMs + outputTokens * msPerOutputToken),
    endMs,
  );
}

function scrapesOf(
  trace: readonly TracedRequest[],
  scraping: TraceScrapeOptions,
  lastMs: number,
): Scrape[] {
  const { startMs, scrapeMs = 15_000, scrapeOffsetMs = 7_317 } = scraping;
  const { msPerOutputToken = MS_PER_OUTPUT_TOKEN } = scraping;
  const scrapes: Scrape[] = [];
  let atMs = Math.floor((startMs - 30_000) / scrapeMs) * scrapeMs + (scrapeOffsetMs % scrapeMs);
  let [next, prompt, finished, finishedOutput] = [0, 0, 0, 0];
  let running: TracedRequest[] = [];
  for (; scrapes.length === 0 || (scrapes.at(-1)?.atMs ?? 0) <= lastMs; atMs += scrapeMs) {
    const sinceMs = atMs - startMs;
    for (let one = trace[next]; one !== undefined && one.offsetMs < sinceMs; one = trace[next]) {
      running.push(one);
      prompt += one.promptTokens;
      next += 1;
    }
    const made = (one: TracedRequest) =>
      Math.min(one.outputTokens, Math.floor((sinceMs - one.offsetMs) / msPerOutputToken));
    const done = running.filter((one) => made(one) === one.outputTokens);
    running = running.filter((one) => made(one) < one.outputTokens);
    finished += done.length;
    finishedOutput += done.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
    const output = finishedOutput + running.reduce((sum, one) => sum + made(one), 0);
    scrapes.push({ atMs, prompt, output, finished, running: running.length });
  }
  return scrapes;
}

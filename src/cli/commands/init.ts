/** `rentcheck init`: writes a commented config file to start from. */

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { formatCount } from '../../domain/figures.ts';
import { Failure } from '../../domain/failure.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import type { Discovery, DiscoveryRequest } from '../../sources/discover.ts';
import { printJson, printNote, withCommonOptions } from '../session.ts';

interface InitOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly metrics?: string;
  readonly router?: string;
}

/** The questions. `--yes` and an empty line choose the fallback. */
const QUESTIONS = [
  { key: 'deployment', ask: 'Short name of the first deployment', fallback: 'chat-70b' },
  { key: 'model', ask: 'Model that it serves', fallback: 'meta-llama/Llama-3.3-70B-Instruct' },
  { key: 'gpuType', ask: 'GPU type of one replica', fallback: 'H100-80GB' },
  { key: 'gpuCount', ask: 'GPUs per replica', fallback: '2' },
  {
    key: 'prometheusUrl',
    ask: 'Address of Prometheus, or of /metrics of a replica',
    fallback: 'http://prometheus:9090',
  },
  {
    key: 'hostedModel',
    ask: 'Name of the same model on OpenRouter',
    fallback: 'meta-llama/llama-3.3-70b-instruct',
  },
  { key: 'owner', ask: 'Person or team who carries out the actions (may be empty)', fallback: '' },
] as const;

const ENV_EXAMPLE =
  '# API keys that rentcheck.yaml uses. Read access is enough.\nRUNPOD_API_KEY=\nOPENROUTER_KEY=\n';
const NEXT = 'Next: copy .env.example to .env, set the keys there, then run: rentcheck pull\n';
const STARTER = new URL('../../../templates/starter.yaml', import.meta.url);

export const initCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .option('-y, --yes', 'ask no questions, use the defaults')
      .option(
        '--metrics <address>',
        'find engines and models at your Prometheus or a /metrics page',
      )
      .option('--router <address>', 'list of hosted models, in the format of OpenRouter');
    withCommonOptions(command).action(async (options: InitOptions) => {
      await refuseToOverwrite(options.config, services);
      const starter = await readFile(STARTER, 'utf8');
      const text = await textOf(starter, options, services);
      await services.files.write(options.config, text);
      const written = [options.config, ...(await writeEnvExample(options.config, services))];
      if (options.json === true) printJson(services, { written });
      else services.stdout(`Wrote ${written.join(' and ')}\n${NEXT}`);
    });
  },
};

/** The text of the new config, from the engines at `--metrics`, the answers or the defaults. */
async function textOf(starter: string, options: InitOptions, services: Services): Promise<string> {
  const { metrics, router } = options;
  const { renderConfigFromAnswers, renderConfigFromEngines } = await import('../starter.ts');
  if (router !== undefined && metrics === undefined) {
    throw new Failure('usage', '--router needs --metrics', {
      expected: 'both, or --metrics alone',
      hint: 'add --metrics ADDRESS: rentcheck looks up the models it finds there in the list',
    });
  }
  if (metrics !== undefined) {
    const request = { metrics, ...(router === undefined ? {} : { router }) };
    return renderConfigFromEngines(starter, defaults(), await seenAt(request, services));
  }
  if (options.yes === true) return renderConfigFromAnswers(starter, defaults());
  return askQuestions(starter, services);
}

async function seenAt(request: DiscoveryRequest, services: Services): Promise<Discovery> {
  const looked = await services.discover(request, services);
  for (const { title, model, places, behind, trap } of looked.engines) {
    const what = model === undefined ? title : `${title} with ${model}`;
    const note =
      behind === undefined ? trap : `left out, because ${behind} counts the same requests`;
    printNote(
      services,
      'found',
      `${what} at ${formatCount(places.length, 'scrape target')}: ${note}`,
    );
  }
  return looked;
}

/** Writes `.env.example` beside the config, unless it exists. Returns the written paths. */
async function writeEnvExample(config: string, services: Services): Promise<string[]> {
  const path = join(dirname(config), '.env.example');
  if (await services.files.exists(path)) return [];
  await services.files.write(path, ENV_EXAMPLE);
  return [path];
}

async function refuseToOverwrite(path: string, services: Services): Promise<void> {
  if (!(await services.files.exists(path))) return;
  throw new Failure('usage', `${path} already exists`, {
    expected: 'a path where no file exists',
    hint: 'move that file first, or write to another path with --config PATH',
  });
}

function defaults(): Map<string, string> {
  return new Map(QUESTIONS.map(({ key, fallback }) => [key, fallback]));
}

/** Asks for the address first. If engines are found there, fewer questions remain. */
async function askQuestions(starter: string, services: Services): Promise<string> {
  if (!services.terminal) {
    throw new Failure('usage', 'Cannot ask questions: standard input is not a terminal', {
      expected: 'a terminal, or --yes',
      hint: 'run: rentcheck init --yes',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const { renderConfigFromAnswers, renderConfigFromEngines } = await import('../starter.ts');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answers = defaults();
  const askFor = async (keys: readonly string[]) => {
    for (const { key, ask, fallback } of QUESTIONS.filter((one) => keys.includes(one.key))) {
      const shown = fallback === '' ? '' : ` [${fallback}]`;
      const answer = (await lines.question(`${ask}${shown}: `)).trim();
      answers.set(key, answer === '' ? fallback : answer);
    }
  };
  try {
    await askFor(['prometheusUrl']);
    const looked = await seenOrNone(answers.get('prometheusUrl') ?? '', services);
    await askFor(['gpuType', 'gpuCount', 'owner']);
    if (looked !== undefined) return renderConfigFromEngines(starter, answers, looked);
    await askFor(['deployment', 'model', 'hostedModel']);
    return renderConfigFromAnswers(starter, answers);
  } finally {
    lines.close();
  }
}

/** `undefined` if the address does not respond; the remaining questions are then asked. */
async function seenOrNone(metrics: string, services: Services): Promise<Discovery | undefined> {
  try {
    return await seenAt({ metrics }, services);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printNote(services, 'note', `No engine was found: ${error.message}`);
    return undefined;
  }
}

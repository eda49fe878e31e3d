/** Knows `rentcheck init`: writes a commented configuration to start from. */

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { printJson, withCommonOptions } from '../outcome.ts';

interface InitOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** What is asked, and the answer that `--yes` and an empty line give. */
const QUESTIONS = [
  { key: 'deployment', ask: 'A short name for the first deployment', fallback: 'chat-70b' },
  { key: 'model', ask: 'The model it serves', fallback: 'meta-llama/Llama-3.3-70B-Instruct' },
  { key: 'gpuType', ask: 'The GPU of one replica', fallback: 'H100-80GB' },
  { key: 'gpuCount', ask: 'How many GPUs one replica has', fallback: '2' },
  { key: 'prometheusUrl', ask: 'Your Prometheus', fallback: 'http://prometheus:9090' },
  {
    key: 'hostedModel',
    ask: 'The same model on OpenRouter',
    fallback: 'meta-llama/llama-3.3-70b-instruct',
  },
] as const;

const ENV_EXAMPLE =
  '# Keys that rentcheck.yaml names; read access is enough.\nRUNPOD_API_KEY=\nOPENROUTER_KEY=\n';
const NEXT = 'next: copy .env.example to .env, set the keys there, then: rentcheck pull\n';
const STARTER = new URL('../../../templates/starter.yaml', import.meta.url);

export const initCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('init')
      .description('ask a few questions and write rentcheck.yaml and .env.example')
      .option('-y, --yes', 'ask nothing, take the defaults');
    withCommonOptions(command).action(async (options: InitOptions) => {
      await refuseToOverwrite(options.config, services);
      const answers = options.yes === true ? defaults() : await askAll(services);
      const starter = await readFile(STARTER, 'utf8');
      await services.files.write(options.config, fillStarter(starter, answers));
      const written = [options.config, ...(await writeEnvExample(options.config, services))];
      if (options.json === true) printJson(services, { written });
      else services.stdout(`wrote ${written.join(' and ')}\n${NEXT}`);
    });
  },
};

/** Beside the config that names the keys; one that is there stays as it is. */
async function writeEnvExample(config: string, services: Services): Promise<string[]> {
  const path = join(dirname(config), '.env.example');
  if (await services.files.exists(path)) return [];
  await services.files.write(path, ENV_EXAMPLE);
  return [path];
}

async function refuseToOverwrite(path: string, services: Services): Promise<void> {
  if (!(await services.files.exists(path))) return;
  throw new Failure('usage', `${path} is there already`, {
    expected: 'a path at which nothing is lost',
    hint: `move it away first, or write elsewhere with --config PATH`,
  });
}

function defaults(): Map<string, string> {
  return new Map(QUESTIONS.map(({ key, fallback }) => [key, fallback]));
}

async function askAll(services: Services): Promise<Map<string, string>> {
  if (!services.terminal) {
    throw new Failure('usage', 'init asks questions, and nobody is there to answer', {
      expected: 'a terminal, or --yes',
      hint: 'run: rentcheck init --yes',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answers = new Map<string, string>();
  for (const { key, ask, fallback } of QUESTIONS) {
    const answer = (await lines.question(`${ask} [${fallback}]: `)).trim();
    answers.set(key, answer === '' ? fallback : answer);
  }
  lines.close();
  return answers;
}

/** Answers go in as YAML scalars in double quotes where they are not plain words or numbers. */
function fillStarter(starter: string, answers: ReadonlyMap<string, string>): string {
  return starter.replace(
    /("[^"\n]*)?\{\{(\w+)\}\}/g,
    (_, quoted: string | undefined, key: string) => {
      const answer = answers.get(key) ?? '';
      if (quoted !== undefined) return `${quoted}${answer.replace(/["\\]/g, '')}`;
      return /^[\w./-]+$/.test(answer) ? answer : JSON.stringify(answer);
    },
  );
}

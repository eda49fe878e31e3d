/** Fills the starter config from answers, or from the engines that were found. */

import { formatCount } from '../domain/figures.ts';
import { type EquivalentProposal, proposeEquivalents } from '../domain/equivalents.ts';
import { type DetectedEngine, renderUsageSettings } from '../domain/engine.ts';
import { yamlFlow, yamlText } from '../domain/yamlFlow.ts';
import { plainText } from '../platform/text.ts';
import { differencesText, evidenceText } from '../report/copy/equivalents.ts';
import type { Discovery } from '../sources/discover.ts';

/** Answers to the questions, by key. */
export type InitAnswers = ReadonlyMap<string, string>;

const BLOCK = /(?<=^deployments:\n)[\s\S]*?(?=\n# Providers whose)/m;
const HOSTED = /^ {4}hosted:\n(?: {6}.*\n)+/m;

/** A config with one deployment, from the answers. */
export function renderConfigFromAnswers(starter: string, answers: InitAnswers): string {
  const name = answers.get('deployment') ?? '';
  const usage = yamlFlow({ source: 'prom', engine: 'vllm', match: { model_name: name } });
  const source = { kind: 'prometheus', url: answers.get('prometheusUrl') ?? '' };
  const text = withRaw(withOwner(starter, answers), { usage, metrics: yamlFlow(source) });
  return unescapeBraces(filled(text, answers));
}

/** A config with one deployment per engine and model found. Only the first has comments. */
export function renderConfigFromEngines(
  starter: string,
  answers: InitAnswers,
  looked: Discovery,
): string {
  const { source, engines, listings } = looked;
  const names = new Set<string>();
  const blocks = engines
    .filter(({ behind }) => behind === undefined)
    .map((engine, at) => {
      const template = (BLOCK.exec(starter)?.[0] ?? '').trimEnd();
      const block = at === 0 ? template : withoutComments(template);
      const deployment = nameOf(engine, names);
      const model = engine.model ?? deployment;
      const proposals = proposeEquivalents({ model }, listings);
      const own = new Map([...answers, ['deployment', deployment], ['model', model]]);
      const hosted = withHosted(block, proposals, listings.length > 0);
      return filled(
        withRaw(withNotes(hosted, engine), { usage: renderUsageSettings('prom', engine) }),
        own,
      );
    });
  const whole = withOwner(starter, answers).replace(BLOCK, () => `${blocks.join('\n\n')}\n`);
  const first = new Map([...answers, ['deployment', [...names][0] ?? '']]);
  return unescapeBraces(filled(withRaw(whole, { metrics: yamlFlow(source) }), first));
}

/** Replaces the commented example of `owner` if the answers name one. */
function withOwner(starter: string, answers: InitAnswers): string {
  const isGiven = (answers.get('owner') ?? '') !== '';
  return isGiven ? starter.replace(/^# owner: \S+/m, 'owner: {{owner}}') : starter;
}

/** Adds comments about where the engine was found and the pitfalls of its metrics. */
function withNotes(block: string, { title, places, trap, model }: DetectedEngine): string {
  const seen = `${title}, found at ${formatCount(places.length, 'scrape target')}`;
  const note = comment(`${seen}: ${trap}.`);
  const unnamed = 'Its metrics do not name the model. Write the name here.';
  const noted = model === undefined ? block.replace(/(?=^ {4}model:)/m, comment(unnamed)) : block;
  return noted.replace(/(?=^ {4}usage:)/m, () => note);
}

/** Inserts models with the same weights as equivalents; a similar model only as a comment. */
function withHosted(
  block: string,
  proposals: readonly EquivalentProposal[],
  isListed: boolean,
): string {
  const same = proposals.filter(({ match }) => match === 'same');
  const [first] = proposals;
  if (same.length > 0) {
    const equivalents = same.map(({ sourceId: via, model, quantizations }) => {
      return yamlFlow({ via, model, quantizations });
    });
    const evidence = same.map((one) => `${one.model}: ${evidenceText(one.evidence)}`).join('; ');
    return block
      .replace(/equivalents: \[.*\]/, () =>
        escapeBraces(`equivalents: [${equivalents.join(', ')}]`),
      )
      .replace(/(?=^ {4}hosted:)/m, () => comment(`Same weights: ${evidence}.`));
  }
  const near =
    first === undefined
      ? 'No listed model has these weights.'
      : `No listed model has these weights. The most similar one, ${first.model}, differs: ` +
        `${differencesText(first.differences)}.`;
  const note = isListed
    ? near
    : 'No list of hosted models was given. Run rentcheck doctor for proposals.';
  return block.replace(HOSTED, (lines) => {
    const off = lines.replace(/^ {4}(?=.)/gm, '    # ');
    return (
      comment(note) +
      off.replace(/\{\{hostedModel\}\}/, () => escapeBraces(first?.model ?? 'author/model'))
    );
  });
}

function comment(text: string): string {
  return `    # ${escapeBraces(plainText(text))}\n`;
}

function withoutComments(block: string): string {
  return block
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => line.replace(/\s+# .*$/, ''))
    .join('\n');
}

/** A unique name for a deployment, from the last part of the model's name. */
function nameOf({ model, match, engine }: DetectedEngine, taken: Set<string>): string {
  const source = (model ?? match['job'] ?? engine).split('/').at(-1) ?? engine;
  const plain = source
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const base = plain === '' ? engine.replace('.', '-') : plain;
  let name = base;
  for (let at = 2; taken.has(name); at += 1) name = `${base}-${at}`;
  taken.add(name);
  return name;
}

/** Escapes `{{` in inserted text, so that a later step does not fill it. */
const escapeBraces = (text: string) => text.replaceAll('{{', '{\u0000{');
const unescapeBraces = (text: string) => text.replaceAll('{\u0000{', '{{');

function withRaw(text: string, raw: Readonly<Record<string, string>>): string {
  return Object.entries(raw).reduce(
    (done, [key, value]) => done.replaceAll(`{{${key}}}`, () => escapeBraces(value)),
    text,
  );
}

/** Inserts answers as YAML scalars, in double quotes unless they are plain words or numbers. */
function filled(text: string, answers: InitAnswers): string {
  return text.replace(/("[^"\n]*)?\{\{(\w+)\}\}/g, (_, quoted: string | undefined, key: string) => {
    const answer = answers.get(key) ?? '';
    if (quoted !== undefined) return escapeBraces(`${quoted}${answer.replace(/["\\]/g, '')}`);
    return /^[\w./-]+$/.test(answer) ? answer : escapeBraces(yamlText(answer));
  });
}

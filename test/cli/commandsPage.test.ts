import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderWith, rentcheck } from '../support/cli.ts';

const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
const COMMANDS = [
  'init',
  'doctor',
  'pull',
  'import',
  'audit',
  'report',
  'send',
  'what-if',
  'plan',
  'prices',
  'rates',
  'sql',
  'ops',
  'worker',
  'enqueue',
  'jobs',
  'demo',
];

/** The section of the page for each command. The first part covers all commands. */
const sections = new Map(
  page.split(/^## /m).map((part) => [/^[\w-]+/.exec(part)?.[0] ?? '', part]),
);
const [introduction = ''] = page.split(/^## /m);

/** Options in a help text, long and short. */
const optionsIn = (help: string): string[] =>
  [...help.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    [short, long].filter((option) => option !== undefined),
  );

async function helpOf(...args: string[]): Promise<string> {
  const ran = await rentcheck(await folderWith({}), [...args, '--help']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout;
}

describe('the commands page', () => {
  it('has a section for every command that the program lists, and for no other', async () => {
    const help = await helpOf();
    const commands = [...(help.split('Commands:')[1] ?? '').matchAll(/^ {2}([\w-]+)/gm)];
    const listed = commands.map(([, name]) => name).filter((name) => name !== 'help');
    expect(listed).toEqual(COMMANDS);
    expect([...sections.keys()].slice(1)).toEqual(COMMANDS);
  });

  it.each(COMMANDS)('is listed by --help with the arguments that %s takes', async (command) => {
    const list = (await helpOf()).split('Commands:')[1] ?? '';
    const [, listed = ''] =
      new RegExp(`^ {2}${command}((?: [[<]\\S+[\\]>])*)`, 'm').exec(list) ?? [];
    const taken = command === 'ops' ? ' [options] [command]' : listed;
    expect(await helpOf(command)).toContain(`Usage: rentcheck ${command}${taken}\n`);
  });

  it.each(COMMANDS)('names every option of %s, and no others', async (command) => {
    const calls = command === 'ops' ? ['add', 'list'].map((word) => ['ops', word]) : [[command]];
    const helps = await Promise.all(calls.map((words) => helpOf(...words)));
    const options = [...new Set(helps.flatMap(optionsIn))].filter((option) => option !== '-h');
    const own = sections.get(command) ?? '';
    const shown = command === 'demo' ? own : introduction + own;
    for (const option of options.filter((name) => name !== '--help')) {
      expect(shown).toMatch(new RegExp(`[\`[]${option}\\b`));
    }
    const named = [...own.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option);
    expect(options).toEqual(expect.arrayContaining(named.filter((name) => name !== '--config')));
  });
});

/** Folders and files named by the user: created if possible, refused with a reason otherwise. */

import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureFolder, makeFolder, writeWholeFile } from '../../src/platform/files.ts';
import { filesMatching, SOURCE } from '../house/tree.ts';
import { temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder().path;
const at = (...parts: string[]) => join(folder, ...parts);

describe('a file named by the user', () => {
  it('is written with every missing folder of its path', async () => {
    await writeWholeFile(at('new/deep/down/a.txt'), 'hello');
    expect(await readFile(at('new/deep/down/a.txt'), 'utf8')).toBe('hello');
  });

  it('is refused at once if the file system cannot create the folder', async () => {
    const refused = writeWholeFile('/proc/x/report.html', 'never');
    await expect(refused).rejects.toMatchObject({
      code: 'file-unreadable',
      where: '/proc/x/report.html',
      message: 'cannot write /proc/x/report.html: a folder cannot be created there',
      expected: 'a path that this user can write to',
    });
  });

  it('is refused if a part of its path is a file', async () => {
    await writeFile(at('a-file'), '');
    const path = at('a-file/x/y.txt');
    await expect(writeWholeFile(path, '')).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `cannot write ${path}: a part of the path is a file, not a folder`,
    });
    await expect(makeFolder(at('a-file'))).rejects.toMatchObject({ where: at('a-file') });
  });
});

describe('a folder', () => {
  it('that exists is unchanged, also behind a link', async () => {
    await mkdir(at('kept'), { mode: 0o750 });
    await symlink(at('kept'), at('link'));
    await ensureFolder(at('kept'));
    await ensureFolder(at('link'));
    await ensureFolder('/');
    expect((await stat(at('kept'))).mode & 0o777).toBe(0o750);
  });

  it('that many callers need at once is created once, and no caller fails', async () => {
    const wanted = Array.from({ length: 20 }, (_, index) => at('crowd/a/b', String(index % 3)));
    await Promise.all(wanted.map(ensureFolder));
    expect((await stat(at('crowd/a/b/2'))).isDirectory()).toBe(true);
  });

  it('is never created by the mkdir of Node that does not return', () => {
    const calls = filesMatching(SOURCE).filter(({ text }) =>
      /mkdir(Sync)?\([^;]*recursive/.test(text),
    );
    expect(calls.map(({ path }) => path)).toEqual([]);
  });
});

describe('a file that is written again', () => {
  it('keeps its mode, and the link that points to it', async () => {
    await writeFile(at('real.txt'), 'old', { mode: 0o600 });
    await symlink(at('real.txt'), at('linked.txt'));
    await writeWholeFile(at('linked.txt'), 'new');
    expect(await readFile(at('real.txt'), 'utf8')).toBe('new');
    expect((await stat(at('real.txt'))).mode & 0o777).toBe(0o600);
    expect((await lstat(at('linked.txt'))).isSymbolicLink()).toBe(true);
  });

  it('leaves nothing else next to it', async () => {
    await writeWholeFile(at('alone/a.txt'), 'one');
    await writeWholeFile(at('alone/a.txt'), 'two');
    expect(await readdir(at('alone'))).toEqual(['a.txt']);
  });

  it('is written directly if it is a device', async () => {
    await writeWholeFile('/dev/null', 'gone');
    expect((await stat('/dev/null')).isFile()).toBe(false);
    await expect(writeWholeFile('/dev/full', 'too much')).rejects.toMatchObject({
      code: 'disk-full',
      message:
        'cannot write /dev/full: the disk is full (8 bytes needed); ' +
        'the incomplete file was removed',
    });
  });

  it('is written in one place of the program only', () => {
    const writing = /\b(?:writeFile|createWriteStream|appendFile)(?:Sync)?\(|\.rename(?:Sync)?\(/;
    const others = filesMatching(SOURCE).filter(
      ({ text }) => /from 'node:fs(?:\/promises)?'/.test(text) && writing.test(text),
    );
    // A page for the browser is a private copy, deleted after printing.
    expect(others.map(({ path }) => path).sort()).toEqual([
      'src/platform/chromium.ts',
      'src/platform/files.ts',
      // A download is a private copy too, deleted after it is read.
      'src/platform/httpDownload.ts',
    ]);
  });
});

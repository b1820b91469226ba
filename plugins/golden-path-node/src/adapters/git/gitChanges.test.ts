import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createGitRepository } from './gitRepository';

const FILE = '100644';
const LINK = '120000';

describe('the changes of a clone', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let start: string;

  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' }).trim();
  const write = (path: string, text = path) =>
    writeFileSync(join(folder, path), text);
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'x');
    return git('rev-parse', 'HEAD');
  };
  const repository = () => createGitRepository(folder, env);

  beforeEach(() => {
    folder = createFolder();
    env = {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.com',
    };
    git('init', '--quiet', '--initial-branch=main');
    for (const name of ['changed', 'gone', 'same', 'moved', 'link'])
      write(name);
    mkdirSync(join(folder, 'sub'));
    write('sub/below');
    start = commit();
  });

  const change = () => {
    write('changed', 'other');
    git('rm', '--quiet', 'gone');
    git('mv', 'moved', 'sub/moved "ü"\n');
    rmSync(join(folder, 'link'));
    symlinkSync('same', join(folder, 'link'));
  };
  const expected = [
    { path: 'changed', before: FILE, after: FILE },
    { path: 'gone', before: FILE, after: undefined },
    { path: 'link', before: FILE, after: LINK },
    { path: 'moved', before: FILE, after: undefined },
    { path: 'sub/moved "ü"\n', before: undefined, after: FILE },
  ];

  it('are all paths with their modes; a rename is a removal and an addition', async () => {
    change();
    const head = commit();
    expect(await repository().listChanges(start, head)).toEqual(expected);
    expect(await repository().listChanges(start)).toEqual(expected);
    expect(await repository().listFiles(start)).toContain('sub/below');
  });

  it('of the checked-out files include those that git does not know yet', async () => {
    change();
    write('new');
    symlinkSync('same', join(folder, 'new-link'));
    expect(await repository().listChanges(start)).toEqual([
      ...expected,
      { path: 'new', before: undefined, after: FILE },
      { path: 'new-link', before: undefined, after: LINK },
    ]);
  });

  it('include a submodule that the change asks git to ignore', async () => {
    write(
      '.gitmodules',
      '[submodule "s"]\n\tpath = s\n\turl = ./s\n\tignore = all\n',
    );
    git('update-index', '--add', '--cacheinfo', `160000,${start},s`);
    git('add', '.gitmodules');
    git('commit', '--quiet', '-m', 'x');
    const first = git('rev-parse', 'HEAD');
    git('update-index', '--add', '--cacheinfo', `160000,${first},s`);
    git('commit', '--quiet', '-m', 'x');
    expect(await repository().listChanges(first, 'HEAD')).toEqual([
      { path: 's', before: '160000', after: '160000' },
    ]);
  });

  it('run no program that the change or a configuration names', async () => {
    const canary = join(folder, 'canary');
    write('.gitattributes', '* diff=evil\n');
    git('config', 'diff.evil.textconv', `touch ${canary}; cat`);
    git('config', 'diff.evil.command', `touch ${canary}`);
    git('config', 'diff.external', `touch ${canary}`);
    const head = commit();
    write('changed', 'again');
    await repository().listChanges(start, head);
    await repository().listChanges(start);
    expect(existsSync(canary)).toBe(false);
  });

  it('lists the files and folders of a folder', async () => {
    const files = repository().filesAt(start);
    expect(await files.folders('.')).toEqual(['sub']);
    expect(await files.files('sub')).toEqual(['below']);
    expect(await files.files('nowhere')).toEqual([]);
  });
});

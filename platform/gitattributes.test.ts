import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { auditPath } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';

let folder: string;
beforeEach(() => {
  folder = createFolder();
});

const git = (...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args],
    { cwd: folder, encoding: 'utf8', stdio: 'pipe' },
  );
const audit = () => join(folder, auditPath('dev'));
const commit = (row: string) => {
  appendFileSync(audit(), `${row}\n`);
  git('commit', '--quiet', '--all', '--message', row);
};

it('keeps the rows of two runs that appended to the audit at once', () => {
  git('init', '--quiet', '--initial-branch=main');
  copyFileSync(
    join(__dirname, '.gitattributes'),
    join(folder, '.gitattributes'),
  );
  mkdirSync(dirname(audit()), { recursive: true });
  writeFileSync(audit(), 'header\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'before');

  git('checkout', '--quiet', '-b', 'other');
  commit('the row of one run');
  git('checkout', '--quiet', 'main');
  commit('the row of another run');
  git('checkout', '--quiet', 'other');
  git('rebase', '--quiet', 'main');

  expect(readFileSync(audit(), 'utf8').trim().split('\n').sort()).toEqual([
    'header',
    'the row of another run',
    'the row of one run',
  ]);
});

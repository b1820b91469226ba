import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFolder } from '../../../../tests/support/createFolder';
import { hashFiles } from './hashFiles';

const FILES = [
  'a.txt',
  'B.txt',
  '.env',
  'a/b.txt',
  'a/deep/c.txt',
  'a-b/z.txt',
];

const sha256 = (data: string | Buffer) =>
  createHash('sha256').update(data).digest();

describe('hashFiles', () => {
  let workspace: string;
  beforeAll(() => {
    workspace = createFolder();
    for (const file of FILES) {
      mkdirSync(dirname(join(workspace, file)), { recursive: true });
      writeFileSync(join(workspace, file), `text of ${file}`);
    }
    symlinkSync(join(workspace, 'a'), join(workspace, 'link'));
  });

  it.each([
    { patterns: ['a.txt'], files: ['a.txt'], reason: 'one file' },
    {
      patterns: ['**/*.txt'],
      files: ['B.txt', 'a/b.txt', 'a/deep/c.txt', 'a-b/z.txt', 'a.txt'],
      reason: 'files in the order of a walk through the folders',
    },
    {
      patterns: ['a.txt', 'B.txt'],
      files: ['a.txt', 'B.txt'],
      reason: 'files in the order of their patterns',
    },
    {
      patterns: ['./B.txt\n# a.txt\n  .env  '],
      files: ['B.txt', '.env'],
      reason: 'patterns on lines of their own, with a comment',
    },
    {
      patterns: ['a'],
      files: ['a/b.txt', 'a/deep/c.txt'],
      reason: 'a folder and all that is below it',
    },
    {
      patterns: ['a/**', '!**/deep/**'],
      files: ['a/b.txt'],
      reason: 'files but some',
    },
    {
      patterns: ['?.txt'],
      files: ['B.txt', 'a.txt'],
      reason: 'one character of any kind',
    },
    {
      patterns: ['--follow-symbolic-links', 'link/*.txt'],
      files: ['a/b.txt'],
      reason: 'files behind a link where the first argument says so',
    },
  ])('covers $reason', ({ patterns, files }) => {
    expect(hashFiles(workspace, patterns)).toBe(
      sha256(
        Buffer.concat(files.map(file => sha256(`text of ${file}`))),
      ).toString('hex'),
    );
  });

  it.each([
    { patterns: ['*.none'], reason: 'no file matches' },
    { patterns: ['/etc/passwd'], reason: 'files are outside the workspace' },
    { patterns: ['link/*.txt'], reason: 'files are behind a link' },
  ])('is empty where $reason', ({ patterns }) => {
    expect(hashFiles(workspace, patterns)).toBe('');
  });

  it('says which patterns failed and why', () => {
    expect(() => hashFiles(workspace, ['a/../b.txt'])).toThrow(
      `hashFiles('a/../b.txt') failed in ${workspace}: Invalid pattern 'a/../b.txt'`,
    );
  });
});

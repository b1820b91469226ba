import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createDirectoryFiles } from './createDirectoryFiles';

describe('createDirectoryFiles', () => {
  let root: string;
  beforeEach(() => {
    root = createFolder();
    mkdirSync(join(root, 'folder'));
    writeFileSync(join(root, 'bytes'), Buffer.from([0xff]));
  });

  it('replaces a file and reads it', async () => {
    writeFileSync(join(root, 'file'), 'old');
    const files = createDirectoryFiles(root);
    await files.replace({ path: 'file', text: 'new' });
    expect(await files.read('file')).toBe('new');
    expect(await files.read('nowhere')).toBeUndefined();
  });

  it.each([
    {
      act: () => createDirectoryFiles(root).read('folder'),
      words: /^Can't read .*folder: EISDIR.* run it again\./,
      reason: 'a folder instead of a file',
    },
    {
      act: () =>
        createDirectoryFiles(root).replace({ path: 'nowhere', text: '' }),
      words: /^Can't write .*nowhere: ENOENT.* run it again\./,
      reason: 'a missing file',
    },
    {
      act: () => createDirectoryFiles(root).read('bytes'),
      words: /^bytes: the file is not UTF-8/,
      reason: 'bytes that are not UTF-8',
    },
  ])('explains the error: $reason', async ({ act, words }) => {
    await expect(act()).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(words),
    });
  });
});

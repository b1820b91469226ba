import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryFiles } from './directoryFiles';

describe('directoryFiles', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'golden-path-directory-'));
    mkdirSync(join(root, 'folder'));
    writeFileSync(join(root, 'bytes'), Buffer.from([0xff]));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('replaces what is there, and reads it', async () => {
    writeFileSync(join(root, 'file'), 'old');
    const files = directoryFiles(root);
    await files.replace({ path: 'file', text: 'new' });
    expect(await files.read('file')).toBe('new');
    expect(await files.read('nowhere')).toBeUndefined();
  });

  it.each([
    {
      act: () => directoryFiles(root).read('folder'),
      words: /^Can't read .*folder: EISDIR.* run it again\./,
      reason: 'a folder is no file',
    },
    {
      act: () => directoryFiles(root).replace({ path: 'nowhere', text: '' }),
      words: /^Can't write .*nowhere: ENOENT.* run it again\./,
      reason: 'there is nothing to replace',
    },
    {
      act: () => directoryFiles(root).read('bytes'),
      words: /^bytes: this is not UTF-8/,
      reason: 'bytes that are no text',
    },
  ])('says so in words: $reason', async ({ act, words }) => {
    await expect(act()).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(words),
    });
  });
});

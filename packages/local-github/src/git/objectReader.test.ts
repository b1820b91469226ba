import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectReader } from './objectReader';

describe('ObjectReader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-github-objects-'));
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  let blob: string;

  beforeAll(() => {
    git('init', '--quiet', '--bare', '.');
    const file = join(folder, 'file');
    writeFileSync(file, 'one\ntwo\n');
    blob = git('hash-object', '-w', file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const text = async (reader: ObjectReader, name: string) =>
    (await reader.read(name))?.content.toString();

  it('reads objects, and says what is missing', async () => {
    const reader = new ObjectReader(folder);
    expect(await reader.read(blob)).toEqual({
      sha: blob,
      type: 'blob',
      content: Buffer.from('one\ntwo\n'),
    });
    expect(await reader.read('refs/heads/none^{commit}')).toBeUndefined();
    expect(await reader.read('a name\nwith a line break')).toBeUndefined();
    reader.end();
  });

  it('answers a question that comes while the process before it still ends', async () => {
    const reader = new ObjectReader(folder);
    for (let round = 0; round < 20; round++) {
      const before = text(reader, blob);
      reader.end();
      const after = Promise.all([text(reader, blob), text(reader, 'none')]);
      expect(await before).toBe('one\ntwo\n');
      expect(await after).toEqual(['one\ntwo\n', undefined]);
    }
    reader.end();
  });

  it('starts another process after an idle time', async () => {
    const reader = new ObjectReader(folder, 1);
    for (let round = 0; round < 20; round++) {
      expect(await text(reader, blob)).toBe('one\ntwo\n');
      await new Promise(done => {
        setTimeout(done, round);
      });
    }
    reader.end();
  });

  it('rejects what it was asked when git cannot run there', async () => {
    const reader = new ObjectReader(join(folder, 'objects'));
    await expect(reader.read(blob)).rejects.toThrow(
      /git cat-file ended|ENOENT/,
    );
  });
});

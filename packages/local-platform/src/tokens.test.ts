import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../tests/support/createFolder';
import { readTokens } from './tokens';

describe('readTokens', () => {
  it('creates tokens once, for their user only, other ones for every platform', async () => {
    const folder = createFolder();
    const tokens = await readTokens(folder);
    expect(tokens.github).toMatch(/^local[0-9a-f]{40}$/);
    expect(tokens.accessKeyId).toMatch(/^LOCAL[0-9A-F]{40}$/);
    expect(readFileSync(join(folder, 'github-token'), 'utf8')).toBe(
      tokens.github,
    );
    chmodSync(join(folder, 'github-token'), 0o644);
    expect(await readTokens(folder)).toEqual(tokens);
    for (const name of ['github-token', 'aws-access-key-id'])
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(await readTokens(createFolder())).not.toEqual(tokens);
  });

  it.each(['', 'short', 'with a blank and long enough'])(
    'refuses a file with "%s", without its text',
    async text => {
      const folder = createFolder();
      const file = join(folder, 'github-token');
      writeFileSync(file, text);
      await expect(readTokens(folder)).rejects.toThrow(
        `${file} holds no token of 20 or more letters and digits: delete it, and the next start creates one.`,
      );
    },
  );
});

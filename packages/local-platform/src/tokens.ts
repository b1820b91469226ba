import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the servers of one platform ask for. Both are in files that only their user may read. */
export interface Tokens {
  /** Backstage's token on GitHub, and the password of git and of the pages. */
  github: string;
  /** The AWS access key that Secrets Manager answers. */
  accessKeyId: string;
}

const FORMAT = /^[A-Za-z0-9]{20,}$/;

/** Creates the tokens at the first start, and reads them at later ones. @throws Error for a file that holds no token */
export const readTokens = async (stateDir: string): Promise<Tokens> => ({
  github: await readOrCreate(join(stateDir, 'github-token'), 'local'),
  accessKeyId: await readOrCreate(
    join(stateDir, 'aws-access-key-id'),
    // As in AWS: capitals and digits.
    'LOCAL',
  ),
});

const readOrCreate = async (file: string, prefix: string): Promise<string> => {
  const random = randomBytes(20).toString('hex');
  const isUpper = prefix === prefix.toUpperCase();
  const token = `${prefix}${isUpper ? random.toUpperCase() : random}`;
  try {
    await writeFile(file, token, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await chmod(file, 0o600);
  const known = (await readFile(file, 'utf8')).trim();
  if (!FORMAT.test(known))
    throw new Error(
      `${file} holds no token of 20 or more letters and digits: delete it, and the next start creates one.`,
    );
  return known;
};

import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import saslprep from '@mongodb-js/saslprep';

/** PostgreSQL's own default (`scram_iterations`). */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores for a password, made here so that the server never sees, and never logs, the password itself:
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` (RFC 5802 §3; PostgreSQL, pg_authid.rolpassword).
 */
export const scramVerifier = async (
  password: string,
  salt: Buffer = randomBytes(16),
): Promise<string> => {
  const salted = await promisify(pbkdf2)(
    preparePassword(password),
    salt,
    ITERATIONS,
    32,
    'sha256',
  );
  const hmac = (text: string) =>
    createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest();
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${base64(salt)}$${base64(
    storedKey,
  )}:${base64(hmac('Server Key'))}`;
};

/**
 * SASLprep (RFC 4013) as PostgreSQL and libpq do it (`pg_saslprep`): a password that it prohibits is taken as it
 * stands, and so is plain ASCII.
 */
export const preparePassword = (password: string): string => {
  if (/^[\0-\x7f]*$/.test(password)) return password;
  try {
    return saslprep(password) || password;
  } catch {
    return password;
  }
};

/** Characters that SASLprep turns into a space or drops (RFC 3454, tables C.1.2 and B.1). */
const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING =
  /[\u00ad\u034f\u1806\u180b-\u180d\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/gu;

/**
 * Whether all clients send the same for this password. npm `pg` normalises even what SASLprep prohibits, where libpq
 * takes it as it stands: with such a password a login by `pg` says nothing about the app's.
 */
export const isPreparedAlike = (password: string): boolean => {
  const prepared = preparePassword(password);
  return (
    prepared
      .replace(NON_ASCII_SPACE, ' ')
      .replace(MAPPED_TO_NOTHING, '')
      .normalize('NFKC') === prepared
  );
};

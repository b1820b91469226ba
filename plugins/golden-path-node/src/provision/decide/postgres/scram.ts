import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import saslprep from '@mongodb-js/saslprep';

/** PostgreSQL's own default (`scram_iterations`). */
const ITERATIONS = 4096;

/**
 * Computes what PostgreSQL stores for a password. The server never sees, and never logs, the password itself:
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
 * Normalizes a password as PostgreSQL and libpq do (`pg_saslprep`, RFC 4013): ASCII and prohibited text stay unchanged.
 */
export const preparePassword = (password: string): string => {
  if (/^[\0-\x7f]*$/.test(password)) return password;
  if ([...password].some(isProhibitedBeforeNfkc)) return password;
  try {
    return saslprep(password) || password;
  } catch {
    return password;
  }
};

/** Characters of Unicode 3.2 (the version of SASLprep) that NFKC changes. */
const CHANGED_BY_NFKC =
  /[\u00a0-\u03f5\u0587-\u0fb9\u1e9a-\u208e\u20a8-\u2139\u213d-\u2149\u2153-\u217f\u222c-\u2adc\u2e9f-\u321c\u3220-\u3243\u3251-\u327b\u3280-\u32cb\u32d0-\u32fe\u3300-\u3376\u337b-\u33dd\u33e0-\u33fe\uf900-\ufa2d\ufa30-\ufa6a\ufb00-\ufdfc\ufe30-\ufe44\ufe49-\uffee\u{1d15e}-\u{1d4c0}\u{1d4c2}-\u{1d6a3}\u{1d6a8}-\u{1d7c9}\u{1d7ce}-\u{1d7ff}\u{2f800}-\u{2fa1d}]/u;
/** COMBINING GRAVE and ACUTE TONE MARK (RFC 3454, table C.8). */
const DEPRECATED_MARKS = ['\u0340', '\u0341'];

/**
 * `pg_saslprep` rejects prohibited and unassigned characters before it normalizes, the library only afterwards. By then
 * a character newer than Unicode 3.2 may have become an older one.
 */
const isProhibitedBeforeNfkc = (character: string): boolean =>
  DEPRECATED_MARKS.includes(character) ||
  (character.normalize('NFKC') !== character &&
    !CHANGED_BY_NFKC.test(character));

/** Characters that SASLprep maps to a space or to nothing (RFC 3454, tables C.1.2 and B.1). */
const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING =
  /[\u00ad\u034f\u1806\u180b-\u180d\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/gu;

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * Whether all clients send the same bytes for this password. npm `pg` normalizes even prohibited characters, libpq
 * doesn't. With right-to-left text, libpq checks the direction before NFKC, the library after it. For such passwords a
 * login by `pg` proves nothing about the app's login.
 */
export const isPreparedAlikeByClients = (password: string): boolean => {
  const prepared = preparePassword(password);
  const normalised = password.normalize('NFKC');
  if (RIGHT_TO_LEFT.test(normalised) && normalised !== password) return false;
  return (
    prepared
      .replace(NON_ASCII_SPACE, ' ')
      .replace(MAPPED_TO_NOTHING, '')
      .normalize('NFKC') === prepared
  );
};

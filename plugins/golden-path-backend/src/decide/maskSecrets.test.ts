import { maskSecrets } from './maskSecrets';

const SECRET = 'canary/7f3a';

describe('a message of the audit', () => {
  it.each([
    ['a URL', `postgres://app:${SECRET}@db:5432/x`, 'postgres://***@db:5432/x'],
    [
      'a URL whose password has an @',
      `postgres://app:a@${SECRET.replace('/', '')}@db/x`,
      'postgres://***@db/x',
    ],
    [
      'SQL',
      `ALTER ROLE app PASSWORD '${SECRET}''s' LOGIN`,
      'ALTER ROLE app PASSWORD *** LOGIN',
    ],
    ['JSON', `{"password": "${SECRET}"}`, '{"password": ***'],
    ['a setting', `password=${SECRET} host=x`, 'password=*** host=x'],
    [
      'a verifier',
      `SCRAM-SHA-256$4096:${SECRET}$k=:s= was rejected`,
      '*** was rejected',
    ],
  ])('loses the secret in %s', (_where, text, expected) => {
    expect(maskSecrets(text)).toBe(expected);
  });

  it.each([
    'could not create role app: must be superuser',
    'rejected the password of the master "postgres". See https://docs.example/@v1/x:y',
    "The server's password policy rejects this password.",
  ])('keeps %s', text => {
    expect(maskSecrets(text)).toBe(text);
  });
});

import { createHash, createHmac } from 'node:crypto';
import {
  isPreparedAlikeByClients,
  preparePassword,
  scramVerifier,
} from './scram';

describe('scramVerifier', () => {
  it('matches the example of RFC 7677', async () => {
    const verifier = await scramVerifier(
      'pencil',
      Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
    );
    const [, storedKey, serverKey] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$([^:]+):(.+)$/
        .exec(verifier)!
        .map(text => Buffer.from(text, 'base64'));
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = [
      'n=user,r=rOprNGfwEbeRWgbNEkqO',
      `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
      `c=biws,r=${nonce}`,
    ].join();
    const hmac = (key: Buffer) =>
      createHmac('sha256', key).update(message).digest();
    expect(hmac(serverKey).toString('base64')).toBe(
      '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    );
    const proof = Buffer.from(
      'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      'base64',
    );
    const signature = hmac(storedKey);
    const clientKey = proof.map((byte, index) => byte ^ signature[index]);
    expect(createHash('sha256').update(clientKey).digest()).toEqual(storedKey);
  });

  it('uses a new salt for every password', async () => {
    expect(await scramVerifier('same')).not.toBe(await scramVerifier('same'));
  });
});

describe('preparePassword', () => {
  it.each([
    {
      password: 'plain \t\x01',
      prepared: 'plain \t\x01',
      reason: 'ASCII is unchanged, as in pg_saslprep',
    },
    {
      password: 'a\u00a0b',
      prepared: 'a b',
      reason: 'a no-break space becomes a space',
    },
    {
      password: 'a\u00adb',
      prepared: 'ab',
      reason: 'a soft hyphen is removed',
    },
    { password: '\u2168', prepared: 'IX', reason: 'NFKC' },
    {
      password: '\u00ad',
      prepared: '\u00ad',
      reason: 'text that would become empty is unchanged',
    },
    {
      password: 'ﬁ\u0007',
      prepared: 'ﬁ\u0007',
      reason: 'prohibited text is unchanged',
    },
    {
      password: '\u337a',
      prepared: '\u337a',
      reason:
        'newer than Unicode 3.2, although NFKC maps it to two older letters',
    },
    {
      password: 'a\u0341',
      prepared: 'a\u0341',
      reason: 'prohibited, although NFKC maps it to an allowed character',
    },
    {
      password: '\u{1f600}',
      prepared: '\u{1f600}',
      reason: 'unassigned in Unicode 3.2',
    },
  ])('$reason', ({ password, prepared }) => {
    expect(preparePassword(password)).toBe(prepared);
  });
});

describe('isPreparedAlikeByClients', () => {
  it.each([
    { password: 'plain', alike: true, reason: 'ASCII' },
    {
      password: '\u2168 \u{1f600}'.slice(2),
      alike: true,
      reason: 'prohibited, and NFKC changes nothing',
    },
    { password: 'ﬁ', alike: true, reason: 'normalized alike by all clients' },
    {
      password: 'א\u2122',
      alike: false,
      reason: 'right to left, with characters that NFKC maps to letters',
    },
    {
      password: 'ﬁ\u{1f600}',
      alike: false,
      reason: 'prohibited, and pg normalizes it',
    },
  ])('$alike: $reason', ({ password, alike }) => {
    expect(isPreparedAlikeByClients(password)).toBe(alike);
  });
});

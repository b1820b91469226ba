import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { anyCharacter } from '../../../../../tests/support/anyCharacter';
import { itWhen } from '../../../../../tests/support/needs';
import { findPython } from '../../../../../tests/support/python';
import {
  isPreparedAlikeByClients,
  scramVerifier,
} from '../decide/postgres/scram';
import { quoteLiteral } from '../decide/postgres/sql';
import type { Context } from './context';

/** A letter of the scripts and symbols that SASLprep changes most. */
const letter = fc.integer({ min: 1, max: 0x33ff }).map(String.fromCodePoint);

/** Every password that Secrets Manager and PostgreSQL can store. Long ones almost always have a prohibited character. */
const password = fc
  .oneof(
    fc.string({ unit: anyCharacter, minLength: 1 }),
    fc.string({ unit: letter, minLength: 1, maxLength: 3 }),
  )
  .filter(text => !text.includes('\0'));

/** Passwords that clients are known to normalize differently. */
const AWKWARD = [
  `'"\\%s $$ ü`,
  ' leading and trailing ',
  'a\u00a0b',
  'a\u00adb',
  '\u00ad',
  '\u2168',
  'ﬁ\u0007',
  'ﬁ\u{1f600}',
  '\u{1f600}',
  'א1',
  'אb',
  '\u0221',
  '\u200e',
  '\ue000',
  '\uffff',
  '\u{10ffff}',
  'e\u0301',
  '\u337a',
  'a\u0341',
  '\r\n\t',
  'x'.repeat(20_000),
];

/** Excludes text whose direction libpq and the library check differently; runs test no login with it. */
const isOneDirection = (text: string) =>
  !/[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\u2135-\u2138]/u.test(
    text,
  ) || text.normalize('NFKC') === text;

const python = findPython(['psycopg2']);
/** Logs in as each role with its password, by libpq, and prints the numbers of those that could not. */
const LOG_IN = `
import json, sys, psycopg2
given = json.load(sys.stdin)
failed = []
for n, password in enumerate(given["passwords"]):
    try:
        psycopg2.connect(host="localhost", port=given["port"], dbname="postgres", user="libpq_%d" % n, password=password,
                         sslmode="verify-full", sslrootcert=given["caFile"]).close()
    except psycopg2.Error as error:
        failed.append([n, str(error)])
json.dump(failed, sys.stdout)
`;

/** Clients can log in with the verifiers that we compute. */
export const testScramLogins = ({
  instance,
  itRuns,
}: Pick<Context, 'instance' | 'itRuns'>) => {
  itRuns.once('creates a verifier that logs in, for any password', async () => {
    await instance().sql('CREATE ROLE any_password LOGIN');
    await fc.assert(
      fc.asyncProperty(
        password.filter(isPreparedAlikeByClients),
        async text => {
          const verifier = quoteLiteral(await scramVerifier(text));
          await instance().sql(`ALTER ROLE any_password PASSWORD ${verifier}`);
          await instance().as(
            { username: 'any_password', password: text },
            'postgres',
            'SELECT 1',
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  itWhen(
    python !== undefined,
    'Python with psycopg2',
    itRuns.once,
  )(
    'creates a verifier that logs in by libpq, also when clients differ',
    async () => {
      const passwords = fc.array(password.filter(isOneDirection), {
        minLength: 40,
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(passwords, async texts => {
          const all = [...AWKWARD, ...texts];
          for (const [n, text] of all.entries()) {
            const verifier = quoteLiteral(await scramVerifier(text));
            await instance().sql(`DROP ROLE IF EXISTS libpq_${n}`);
            await instance().sql(
              `CREATE ROLE libpq_${n} LOGIN PASSWORD ${verifier}`,
            );
          }
          const { port, caFile } = instance();
          const { stdout, stderr } = spawnSync(python!, ['-c', LOG_IN], {
            input: JSON.stringify({ port, caFile, passwords: all }),
            encoding: 'utf8',
          });
          expect(stderr).toBe('');
          expect(
            JSON.parse(stdout).map(([n, error]: [number, string]) => ({
              password: all[n],
              error,
            })),
          ).toEqual([]);
        }),
        { numRuns: 1, endOnFailure: true },
      );
    },
  );
};

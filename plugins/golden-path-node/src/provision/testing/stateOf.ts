import { scramVerifier } from '../decide/postgres/scram';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { Instance } from './instance';

/**
 * Reads all server state of these roles and databases: attributes, comments, memberships both ways, settings, ACLs.
 * Names are replaced by `<role>`, `<database>` and `<key>`, object ids by names, and a verifier by whether it matches
 * the password. So two entries in the same state compare as equal.
 */
export const stateOf = async (
  instance: Instance,
  entries: readonly TfvarsEntry[],
  passwordFor: (entry: TfvarsEntry) => string,
): Promise<unknown[]> => {
  const rows = await instance.sql(STATE, [
    entries.map(({ username }) => username),
    entries.map(({ databaseName }) => databaseName),
  ]);
  return Promise.all(
    entries.map(async (entry, index) => {
      const { password, ...state } = rows[index];
      const text = JSON.stringify(state)
        .replaceAll(entry.username, '<role>')
        .replaceAll(entry.databaseName, '<database>')
        .replaceAll(entry.key, '<key>');
      return {
        ...JSON.parse(text),
        isPasswordRight: await isMadeOf(password, passwordFor(entry)),
      };
    }),
  );
};

const isMadeOf = async (
  verifier: string | null,
  password: string,
): Promise<boolean> => {
  const [, salt] = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(verifier ?? '') ?? [];
  return (
    salt !== undefined &&
    (await scramVerifier(password, Buffer.from(salt, 'base64'))) === verifier
  );
};

/** One row per entry, in order. A missing role or database is null. */
const STATE = `
SELECT (SELECT to_jsonb(r) - 'oid' - 'rolpassword' FROM pg_authid r WHERE r.rolname = w.role) AS "role",
       (SELECT r.rolpassword FROM pg_authid r WHERE r.rolname = w.role) AS "password",
       (SELECT shobj_description(r.oid, 'pg_authid') FROM pg_authid r WHERE r.rolname = w.role) AS "comment",
       (SELECT jsonb_agg(to_jsonb(m) - 'oid' || jsonb_build_object(
                 'roleid', m.roleid::regrole::text, 'member', m.member::regrole::text, 'grantor', m.grantor::regrole::text)
               ORDER BY m.roleid::regrole::text, m.member::regrole::text, m.grantor::regrole::text)
          FROM pg_auth_members m, pg_authid r
         WHERE r.rolname = w.role AND r.oid IN (m.roleid, m.member)) AS "memberships",
       (SELECT jsonb_agg(s.setconfig ORDER BY s.setdatabase, s.setrole)
          FROM pg_db_role_setting s
          LEFT JOIN pg_authid r ON r.oid = s.setrole
          LEFT JOIN pg_database d ON d.oid = s.setdatabase
         WHERE r.rolname = w.role OR d.datname = w.database) AS "settings",
       (SELECT to_jsonb(d) - 'oid' - 'datfrozenxid' - 'datminmxid'
               || jsonb_build_object('datdba', d.datdba::regrole::text, 'datacl', d.datacl::text)
          FROM pg_database d WHERE d.datname = w.database) AS "database",
       (SELECT shobj_description(d.oid, 'pg_database') FROM pg_database d WHERE d.datname = w.database) AS "databaseComment"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (role, database, n)
 ORDER BY w.n`;

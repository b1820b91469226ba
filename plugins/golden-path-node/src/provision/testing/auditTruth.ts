import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { Instance } from './instance';

interface Truth {
  role: boolean;
  database: boolean;
  owner: string | null;
  canLogin: boolean;
  ofPublic: string[];
  ofOwner: number;
  groups: string[];
}

/**
 * Compares what the audit calls a success with the instance.
 * @returns each row that isn't so
 */
export const findUntrueRows = async (
  instance: Pick<Instance, 'sql'>,
  rows: readonly AuditRow[],
  apps: readonly TfvarsEntry[],
): Promise<string[]> => {
  const untrue: string[] = [];
  for (const { databaseName, username } of apps) {
    const [truth]: Truth[] = await instance.sql(TRUTH, [
      username,
      databaseName,
    ]);
    for (const row of rows) {
      if (row.database === databaseName && row.status === 'success') {
        const isTrue = holds(row, truth, username);
        if (!isTrue) untrue.push(`${row.action}: ${row.message}`);
      }
    }
  }
  return untrue;
};

const holds = (
  { action, message }: AuditRow,
  truth: Truth,
  username: string,
): boolean => {
  switch (action) {
    case 'create_role':
      return truth.role;
    case 'alter_role':
      return truth.canLogin;
    case 'create_database':
      return truth.database && truth.owner === username;
    case 'adopt':
      return truth.role && truth.owner === username;
    case 'grant':
      return / all privileges /.test(message) ? truth.ofOwner === 3 : true;
    case 'revoke': {
      const [, privileges = ''] =
        /revoke ([A-Z, ]+) on database .* from PUBLIC/.exec(message) ?? [];
      const [, group] = /membership in (\S+) from/.exec(message) ?? [];
      return (
        !privileges
          .split(', ')
          .some(privilege => truth.ofPublic.includes(privilege)) &&
        (group === undefined || !truth.groups.includes(group))
      );
    }
    default:
      return true;
  }
};

const TRUTH = `
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS "role",
       EXISTS (SELECT FROM pg_database WHERE datname = $2) AS "database",
       (SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = $2) AS "owner",
       coalesce((SELECT rolcanlogin FROM pg_roles WHERE rolname = $1), false) AS "canLogin",
       ARRAY(SELECT a.privilege_type FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
              WHERE d.datname = $2 AND a.grantee = 0) AS "ofPublic",
       (SELECT count(DISTINCT a.privilege_type)::int FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         WHERE d.datname = $2 AND a.grantee = d.datdba) AS "ofOwner",
       ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m
              WHERE pg_get_userbyid(m.member) = $1) AS "groups"`;

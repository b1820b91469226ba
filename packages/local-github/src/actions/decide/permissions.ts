import { toMap, Template } from './template';

export type Access = 'none' | 'read' | 'write';

/** What a token may do, by permission; one that isn't named is none. */
export type Permissions = Record<string, Access>;

/** A repository's setting "Workflow permissions": what a job's token may do where no file says anything. */
export type DefaultPermissions = 'read' | 'write';

const RANK: Record<Access, number> = { none: 0, read: 1, write: 2 };

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
const NAMES = [
  'actions', 'artifact-metadata', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token',
  'issues', 'models', 'packages', 'pages', 'pull-requests', 'repository-projects', 'security-events', 'statuses',
]; // prettier-ignore
const WRITE_ONLY = 'id-token';
const READ_ONLY = 'models';

/** Reads `permissions:`. @returns undefined where the file says nothing */
export const readPermissions = (
  permissions: Template | undefined,
): Permissions | undefined => {
  switch (permissions) {
    case undefined:
      return undefined;
    case 'read-all':
      return permitEverything('read');
    case 'write-all':
      return permitEverything('write');
    default:
      return toMap(permissions) as Permissions;
  }
};

/** https://docs.github.com/en/actions/reference/security/secure-use#modifying-the-permissions-for-the-github_token */
export const getDefaultPermissions = (
  setting: DefaultPermissions,
): Permissions =>
  setting === 'write'
    ? { ...permitEverything('write'), [WRITE_ONLY]: 'none' }
    : { contents: 'read', packages: 'read' };

/** Whether a token may do something; reading what is common knowledge needs no permission. */
export const allows = (
  permissions: Permissions,
  name: string,
  access: Access,
): boolean => {
  const given = name === 'metadata' ? 'read' : permissions[name] ?? 'none';
  return RANK[given] >= RANK[access];
};

/** What is asked for beyond what is allowed, such as `contents: write`, with what is allowed of it. */
export const findExceeding = (
  wanted: Permissions,
  allowed: Permissions,
): { wanted: string; allowed: string } | undefined => {
  const [found] = Object.entries(wanted).filter(
    ([name, access]) => !allows(allowed, name, access),
  );
  if (!found) return undefined;
  const [name, access] = found;
  return {
    wanted: `${name}: ${access}`,
    allowed: `${name}: ${allowed[name] ?? 'none'}`,
  };
};

const permitEverything = (access: 'read' | 'write'): Permissions =>
  Object.fromEntries(
    NAMES.map((name): [string, Access] => {
      if (name === READ_ONLY) return [name, 'read'];
      return [name, name === WRITE_ONLY && access === 'read' ? 'none' : access];
    }),
  );

import { Permission } from '../state/model';
import { listNeededPermissions } from './neededPermission';

/** Lowest first. https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization */
const ROLES: Permission[] = ['pull', 'triage', 'push', 'maintain', 'admin'];

/** What people call the roles. */
const NAMES: Record<Permission, string> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};
/** Before there were triage and maintain. */
const LEGACY: Record<Permission, string> = {
  ...NAMES,
  triage: 'read',
  maintain: 'write',
};

/** `role_name` and `permission` of the REST API. */
export const toRoleNames = (role: Permission | undefined) => ({
  role_name: role ? NAMES[role] : 'none',
  permission: role ? LEGACY[role] : 'none',
});

export const isAtLeast = (
  role: Permission | undefined,
  needed: Permission,
): boolean =>
  role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);

export const pickHighest = (roles: Permission[]): Permission | undefined =>
  [...roles].sort((a, b) => ROLES.indexOf(b) - ROLES.indexOf(a))[0];

/** What whoever sees a repository may do; who may review deployments is looked at again. */
const FOR_READERS = [
  'POST /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments',
  'PUT /repos/{owner}/{repo}/subscription',
];

/** The role that a person needs for an operation. */
export const getNeededRole = (operation: string): Permission => {
  if (FOR_READERS.includes(operation)) return 'pull';
  const isRead = operation.startsWith('GET ');
  const needed = listNeededPermissions(operation, undefined);
  const needs = (...names: string[]) =>
    needed.some(name => names.includes(name));
  if (needs('administration')) return 'admin';
  if (needs('members')) return isRead ? 'pull' : 'admin';
  if (needs('environments')) return isRead ? 'push' : 'admin';
  if (needs('secrets', 'actions-variables')) return 'push';
  if (isRead) return 'pull';
  return needs('issues') ? 'triage' : 'push';
};

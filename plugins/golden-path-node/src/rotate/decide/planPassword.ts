import type { DesiredDatabase } from '../../provision/decide/desired';
import type { LoginResult } from '../../provision/decide/observation';
import type { PlannedStep } from '../../provision/decide/plan';
import { isCloneCurrent, planClone } from '../../provision/decide/planClone';
import { planRole } from '../../provision/decide/planRole';
import type { ObservedEntry } from './findRefusal';

/**
 * Plans the new password of a login, and the second login itself where it is missing. The other login keeps its password.
 * @param desired - `login` and `secret` are those of the pending version
 */
export const planPassword = (
  desired: DesiredDatabase,
  { role, clone, server }: ObservedEntry,
  login: LoginResult | undefined,
): PlannedStep[] => {
  const ofClone = isCloneCurrent(desired);
  const changes = ofClone
    ? planClone(desired, clone, login, { server, isDeclared: false }).changes
    : planRole(desired, role, login);
  return changes.length === 0
    ? []
    : [{ inTransaction: true, ...(ofClone ? { ofClone } : {}), changes }];
};

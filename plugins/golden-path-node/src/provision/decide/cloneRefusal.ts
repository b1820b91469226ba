import { nameClone } from './clone';
import type { DesiredDatabase } from './desired';
import { parseMark } from './mark';
import type { Observation } from './observation';
import { isCloneCurrent, isCloneOf } from './planClone';
import type { PlanOptions, Refusal } from './refusals';
import { quoteIdentifier } from './postgres/sql';

/** Refuses a secret that names a second login which isn't this entry's, and an entry for a role that is another's second login. */
export const findCloneRefusal = (
  desired: DesiredDatabase,
  { server, roles, clones }: Pick<Observation, 'server' | 'roles' | 'clones'>,
  { adopt }: Pick<PlanOptions, 'adopt'>,
): Refusal | undefined => {
  const { username, secret } = desired;
  const owner = parseMark(roles.get(username)?.comment)?.cloneOf;
  if (owner !== undefined)
    return refuse(
      `Role ${username} is the second login of ${owner}. Choose another database user.`,
    );
  if (!isCloneCurrent(desired)) return undefined;
  const name = nameClone(username);
  if (roles.has(name) || name === server.currentUser)
    return refuse(
      `${secret.path}: username is ${name}, ${
        name === server.currentUser
          ? 'the master'
          : 'which another entry declares as its own role'
      }. Generate the secret again with terraform apply -replace.`,
    );
  const clone = clones.get(username);
  if (!clone) return undefined;
  if (clone.powers.length > 0) {
    const sql = `ALTER ROLE ${quoteIdentifier(name)} ${clone.powers
      .map(power => `NO${power}`)
      .join(' ')};`;
    return {
      refusal: `Role ${name} has ${clone.powers.join(
        ' and ',
      )}, not allowed for an app role. A superuser must run: ${sql}`,
      remedies: [{ role: server.superuser, database: 'postgres', sql }],
    };
  }
  const mark = parseMark(clone.comment);
  if (mark && !isCloneOf(desired, clone))
    return refuse(
      `Role ${name} is managed by secret ${mark.path}, not as the second login of ${username}. Generate the secret again with terraform apply -replace.`,
    );
  return mark || adopt
    ? undefined
    : refuse(
        `Role ${name} exists and is not managed by goldenpath-rds, so it can't be the second login of ${username}. Rename or drop it, or, where the secret names it, take it over with goldenpath-rds provision --adopt.`,
      );
};

const refuse = (refusal: string): Refusal => ({ refusal, remedies: [] });

import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { Remedy } from '../decide/finding';
import type { environmentOn, Instance } from './instance';
import { runStatements } from './runStatement';
import { tell } from './tell';

const ROUNDS = 3;

/**
 * Does what the runs tell: runs the provisioner, then every statement that a check names, as the role it names, until
 * nothing is left to tell.
 * @returns the statements that were run
 * @throws Error with what the last check told, when it isn't clean
 */
export const settle = async (
  instance: Instance,
  env: ReturnType<typeof environmentOn>,
  apps: TfvarsEntry[],
  options: { adopt?: boolean } = {},
): Promise<Remedy[]> => {
  const done: Remedy[] = [];
  let last = '';
  for (let round = 0; round <= ROUNDS; round += 1) {
    const apply = await tell(env, apps, { ...options, strict: true });
    const check = await tell(env, apps, {
      ...options,
      strict: true,
      mode: 'check',
    });
    const isClean = check.exit === 0 && apply.exit === 0;
    if (isClean && check.remedies.length === 0) return done;
    last = `${apply.words}\n${check.words}`;
    const remedies = check.remedies.filter(isNotRepeatedIn(done));
    await runStatements(
      instance,
      distinct(remedies).map(({ role, database, sql }) => ({
        as: role,
        database,
        sql,
      })),
    );
    done.push(...remedies);
  }
  throw new Error(
    `Not clean after ${ROUNDS} rounds. Run: ${JSON.stringify(done)}\n${last}`,
  );
};

const print = ({ role, database, sql }: Remedy) =>
  [role, database, sql].join('\u0000');

/** A statement that was run and is told again didn't help: running it once more would hide that. */
const isNotRepeatedIn =
  (done: readonly Remedy[]) =>
  (remedy: Remedy): boolean => {
    if (done.some(one => print(one) === print(remedy)))
      throw new Error(
        `It was run and is told again: ${JSON.stringify(remedy)}`,
      );
    return true;
  };

const distinct = (remedies: readonly Remedy[]): Remedy[] => [
  ...new Map(remedies.map(remedy => [print(remedy), remedy])).values(),
];

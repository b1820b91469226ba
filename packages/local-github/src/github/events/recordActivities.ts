import { Actor, Context } from '../context';
import { RefChange } from '../decide/pushRules';
import { ZERO_SHA } from '../git/bareRepo';
import { Activity, Repository } from '../state/model';

/** Remembers who moved branches and tags, as GitHub's activity view does. */
export const recordActivities = async (
  context: Context,
  repo: Repository,
  changes: RefChange[],
  { actor, merged }: { actor: Actor; merged?: string },
): Promise<void> => {
  repo.activities ??= [];
  for (const change of changes)
    repo.activities.push({
      id: context.file.takeId(),
      ...change,
      type:
        change.ref === merged
          ? 'pr_merge'
          : await findType(context, repo, change),
      actor: actor.login,
      createdAt: context.now(),
    });
};

const findType = async (
  context: Context,
  repo: Repository,
  { before, after }: RefChange,
): Promise<Activity['type']> => {
  if (before === ZERO_SHA) return 'branch_creation';
  if (after === ZERO_SHA) return 'branch_deletion';
  return (await context.openRepository(repo).isAncestor(before, after))
    ? 'push'
    : 'force_push';
};

import { isPerson, findRole } from './access';
import { findApp } from './apps';
import { Actor, Context } from './context';
import { Pusher } from './decide/pushRules';
import { Repository } from './state/model';

/** Who a push is by, as far as it matters to a protected branch. */
export const toPusher = (
  context: Context,
  repo: Repository,
  actor: Actor,
): Pusher => ({
  isAdmin: isPerson(actor) && findRole(context, repo, actor.login) === 'admin',
  app:
    actor.appId === undefined ? undefined : findApp(context, actor.appId)?.slug,
});

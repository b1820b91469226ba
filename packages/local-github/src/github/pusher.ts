import { isPerson, roleOf } from './access';
import { findApp } from './apps';
import { Actor, Context } from './context';
import { Pusher } from './decide/pushRules';
import { Repository } from './state/model';

/** Who a push is by, as far as it matters to a protected branch. */
export const pusher = (
  context: Context,
  repo: Repository,
  actor: Actor,
): Pusher => ({
  isAdmin: isPerson(actor) && roleOf(context, repo, actor.login) === 'admin',
  app:
    actor.appId === undefined ? undefined : findApp(context, actor.appId)?.slug,
});

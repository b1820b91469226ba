import { parseEntityRef } from '@backstage/catalog-model';
import { ActionContext } from '@backstage/plugin-scaffolder-node';
import { Requester } from '@goldenpath/plugin-golden-path-node';

export type { Requester };

/** Reads who started the task. The scaffolder takes it from the credentials, so a template can't set it. */
export const readRequester = async (
  ctx: Pick<ActionContext<any, any>, 'user' | 'getInitiatorCredentials'>,
): Promise<Requester> => {
  if (ctx.user?.ref)
    return { ref: ctx.user.ref, name: parseEntityRef(ctx.user.ref).name };
  const { principal } = await ctx.getInitiatorCredentials();
  return { ref: undefined, name: formatServiceName(principal) };
};

/** A service's subject, such as `external:ci`, in the characters of a user's name. */
const formatServiceName = (principal: unknown): string => {
  const subject =
    typeof principal === 'object' && principal && 'subject' in principal
      ? String(principal.subject)
      : 'service';
  return subject.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63);
};

import { ActionContext } from '@backstage/plugin-scaffolder-node';

const ABSENT = new Error('No such checkpoint yet');

/**
 * What attempts of one task leave for the next one, in checkpoints: that one may have dispatched, stored before it sends,
 * and that GitHub rejected it for certain. Without the second, Retry would search for a run that can't exist.
 */
export const recallDispatch = async (
  ctx: Pick<ActionContext<any, any>, 'checkpoint'>,
  /** Of request and task. */
  id: string,
  now: () => number,
): Promise<{
  /** When an earlier attempt may have dispatched, in ms since 1970. */
  sentAt: number | undefined;
  /** When this attempt, or the one that it repeats, began. */
  begunAt: number;
  reject(): Promise<unknown>;
}> => {
  const rejectedKey = (attempt: number) => `dispatch.rejected.${id}.${attempt}`;
  const isRejected = (attempt: number) =>
    ctx
      .checkpoint({
        key: rejectedKey(attempt),
        fn: async (): Promise<{ at: number }> => {
          throw ABSENT;
        },
      })
      .catch(error => {
        if (error !== ABSENT) throw error;
        return undefined;
      });

  let attempt = 1;
  while (await isRejected(attempt)) attempt += 1;
  let isNew = false;
  const begun = await ctx.checkpoint({
    key: `dispatch.begun.${id}.${attempt}`,
    fn: async () => {
      isNew = true;
      return { at: now() };
    },
  });
  return {
    sentAt: isNew ? undefined : begun.at,
    begunAt: begun.at,
    reject: () =>
      ctx.checkpoint({
        key: rejectedKey(attempt),
        fn: async () => ({ at: now() }),
      }),
  };
};

import { AppRequest } from '@goldenpath/plugin-golden-path-common';
import { CheckedClaims } from './claimFacts';
import { Claim, Claims } from './claims';
import { GoldenPathConfig } from './config';
import { describeContinued } from './describeClaim';
import { claimKey } from './requestInput';

/** Claims a checked request for the task: anew, or with what an ended task began. Frees the stale claims around it. */
export const claimForTask = async (
  request: AppRequest,
  { stale, continued }: CheckedClaims,
  ctx: { task: { id: string }; logger: { info(message: string): void } },
  { config, claims }: { config: GoldenPathConfig; claims: Claims },
): Promise<Claim> => {
  const taskId = ctx.task.id;
  const key = claimKey(request, config, taskId);
  for (const claim of stale) {
    ctx.logger.info(`Freed the stale claim of task ${claim.taskId}.`);
    await claims.free(claim);
  }
  const isOther = continued && continued.claim.taskId !== taskId;
  const claim = isOther
    ? await claims.takeOver(key, continued.claim, continued)
    : await claims.take(key);
  if (continued) ctx.logger.info(describeContinued(continued, taskId));
  return claim;
};

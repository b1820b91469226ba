import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventParams } from '@backstage/plugin-events-node';
import type { InfraRepo } from '@goldenpath/plugin-golden-path-node';
import { readHint } from '../decide/readHint';
import type { LooksAtRequests } from './looks';

/** Follows events as hints: lost, doubled or disordered, what is stored always comes from a read. */
export const createFollowEvents = (deps: {
  infraRepo: InfraRepo;
  environments(): readonly string[];
  looks: Pick<LooksAtRequests, 'follow'>;
  /** Starts the refresh early, on any replica. */
  refreshSoon(): Promise<void>;
  logger: Pick<LoggerService, 'debug'>;
}) => {
  const { infraRepo, looks, logger } = deps;
  return async ({ topic, eventPayload }: EventParams): Promise<void> => {
    const hint = readHint(topic, eventPayload, infraRepo, deps.environments());
    if (!hint) return;
    try {
      await (hint === 'refresh' ? deps.refreshSoon() : looks.follow(hint.look));
    } catch (error) {
      // The next refresh reads the same.
      logger.debug(`${topic} was not followed: ${(error as Error).message}`);
    }
  };
};

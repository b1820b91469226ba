import { LoggerService } from '@backstage/backend-plugin-api';
import { EventsService } from '@backstage/plugin-events-node';
import { Claims } from './claims';
import { observeClaims } from './observe/observeClaims';

/** The backend plugin golden-path listens for it. */
const TOPIC = 'goldenpath.claim';

/** The claims; an event says that one has changed, and nothing more. One that can't be sent changes nothing. */
export const announceClaims = (
  claims: Claims,
  {
    events,
    logger,
  }: { events: EventsService; logger: Pick<LoggerService, 'debug'> },
): Claims =>
  observeClaims(claims, ({ requestId }) => {
    events
      .publish({ topic: TOPIC, eventPayload: { requestId } })
      .catch(error => logger.debug(`${TOPIC}: ${error.message}`));
  });

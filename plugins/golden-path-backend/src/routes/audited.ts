import {
  AuditorService,
  AuditorServiceCreateEventOptions,
  LoggerService,
} from '@backstage/backend-plugin-api';

/** Errors whose message is for the caller. */
const FOR_CALLERS = [
  'InputError',
  'AuthenticationError',
  'NotAllowedError',
  'NotFoundError',
];

/** Answers a request, and records in the audit whether that succeeded. */
export type Audited = <Answer>(
  event: AuditorServiceCreateEventOptions,
  answer: () => Promise<Answer>,
) => Promise<Answer>;

/** An error that isn't for callers may have SQL or addresses in it: it goes to the log, and the caller gets another one. */
export const createAudited =
  (deps: {
    auditor: AuditorService;
    logger: Pick<LoggerService, 'error'>;
  }): Audited =>
  async (options, answer) => {
    const event = await deps.auditor.createEvent(options);
    try {
      const result = await answer();
      await event.success();
      return result;
    } catch (error) {
      const known = error as Error;
      if (FOR_CALLERS.includes(known.name)) {
        await event.fail({ error: known });
        throw known;
      }
      deps.logger.error(`${options.eventId} failed`, known);
      const shown = new Error(
        "Can't answer now: something failed in the backend, and its log has the reason. Try again; if it lasts, tell the platform team.",
      );
      await event.fail({ error: shown });
      throw shown;
    }
  };

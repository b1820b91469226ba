import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { Connect } from '../ports';
import type { ProvisionOptions } from '../act/run';
import type { ProvisionEvent } from '../decide/events';
import type { Remedy } from '../decide/finding';
import { printEvent } from '../decide/report';
import type { environmentOn } from './instance';

/** The exit codes of the command line; a run that ends with an error exits with 1. */
const EXIT = { done: 0, failed: 1, drift: 2 } as const;

/** A run as a person sees it: its exit code, and all its words. */
export const tell = async (
  env: ReturnType<typeof environmentOn>,
  apps: TfvarsEntry[],
  options: ProvisionOptions = {},
  connect?: Connect,
) => {
  const events: ProvisionEvent[] = [];
  const from = env.rows.length;
  const { exit, error } = await env
    .run(apps, options, connect, { onEvent: event => events.push(event) })
    .then(
      ({ outcome }) => ({ exit: EXIT[outcome], error: '' }),
      (thrown: Error) => ({
        exit: 1 as const,
        error: `${thrown.name}: ${thrown.message}`,
      }),
    );
  return {
    exit,
    error,
    words: [...events.flatMap(printEvent), error].join('\n'),
    events,
    rows: env.rows.slice(from),
    remedies: events.flatMap((event): Remedy[] =>
      event.type === 'plan'
        ? event.databases.flatMap(({ remedies }) => remedies)
        : [],
    ),
  };
};

export type Told = Awaited<ReturnType<typeof tell>>;

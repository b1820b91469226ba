import type { EventParams } from '@backstage/plugin-events-node';
import {
  DatabaseStatus,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { StatusConfig } from '../config';
import { createStatus } from '../createStatus';
import type { startSchemas } from './databases';
import { FakeSources } from './fakeSources';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export const CONFIG: StatusConfig = {
  host: 'github.com',
  infraRepo: {
    webUrl: 'https://github.com',
    owner: 'acme',
    repo: 'infra',
    branch: 'main',
    catalogPath: undefined,
  },
  secretPrefix: 'goldenpath',
  platformTeam: 'group:default/platform-team',
  environments: ['dev', 'test', 'staging', 'prod'],
  instances: {},
  notifications: true,
  templateRef: 'template:default/backend-app-rds',
  schedule: { frequency: { seconds: 30 }, timeout: { minutes: 5 } },
  patience: {
    reviewMs: 3 * DAY,
    provisionMs: 120 * MINUTE,
    runMs: 60 * MINUTE,
    conflictMs: 10 * MINUTE,
  },
};

/** Replicas on one database, with one clock and the same sources. */
export const startWorld = async (
  schemas: Pick<Awaited<ReturnType<typeof startSchemas>>, 'schema'>,
  /** In ms since 1970. */
  begin: number,
  replicas = 1,
) => {
  const { replica } = await schemas.schema();
  let time = begin;
  const timers: Array<{ at: number; act: () => Promise<void> }> = [];
  const sources = new FakeSources(() => time);
  const warnings: string[] = [];
  const open = async () => {
    const { store, client } = await replica();
    let onEvent: (event: EventParams) => Promise<void> = async () => {};
    let refreshes = 0;
    const status = createStatus(CONFIG, sources.clients, {
      store,
      now: () => time,
      logger: {
        info: () => {},
        debug: () => {},
        warn: text => warnings.push(String(text)),
      },
      later: (act, ms) => {
        const timer = { at: time + ms, act };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
      events: {
        subscribe: async options => {
          onEvent = options.onEvent;
        },
      },
      scheduler: {
        scheduleTask: async () => {},
        triggerTask: async () => {
          refreshes += 1;
        },
      },
    });
    await status.start();
    return {
      store,
      client,
      refresh: status.refresh,
      stop: status.stop,
      send: (event: EventParams) => onEvent(event),
      refreshesAsked: () => refreshes,
    };
  };
  const all = await Promise.all(Array.from({ length: replicas }, open));
  return {
    sources,
    warnings,
    all,
    one: all[0],
    now: () => time,
    /** Moves the clock, and acts what is due by then. */
    pass: async (ms: number) => {
      const until = time + ms;
      for (;;) {
        const next = timers
          .filter(({ at }) => at <= until)
          .sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.splice(timers.indexOf(next), 1);
        time = Math.max(time, next.at);
        await next.act();
      }
      time = until;
    },
    stateOf: (key: RequestKey): Promise<DatabaseStatus | undefined> =>
      all[0].store.get(key),
    transitions: async () =>
      (
        await all[0].store.takeTransitions({
          limit: 1000,
          leaseMs: 1,
          now: time,
        })
      ).map(({ kind }) => kind),
    looks: () =>
      sources.calls.filter(({ call }) => call.startsWith('newestPullRequest')),
  };
};
export type World = Awaited<ReturnType<typeof startWorld>>;

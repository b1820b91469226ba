import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import { NEWEST_VERSION } from '../../../../../tests/support/matrix';
import { connectPostgres } from '../../adapters/postgres/connectPostgres';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { ProvisionOptions } from '../act/run';
import type { Connect } from '../ports';
import { findUntrueRows } from './auditTruth';
import { entry, environmentOn } from './instance';
import { openSessions } from './openSessions';
import { FaultyInstance, startFaultyInstance } from './startFaultyInstance';
import { tell } from './tell';

const PASSWORD = 'the right one';

/** Something that happens to the server or the way to it while a run is under way. */
interface Fault {
  name: string;
  /** One in so many moments. The others are for the other versions. */
  every: number;
  prepare?(instance: FaultyInstance): Promise<void>;
  strike(instance: FaultyInstance): Promise<void>;
  heal?(instance: FaultyInstance): Promise<void>;
}

let endSilence = Promise.resolve();
let endFilling: () => Promise<void> = async () => undefined;

const FAULTS: Fault[] = [
  {
    name: 'connections are terminated',
    every: 12,
    strike: async instance => {
      await instance.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
    },
  },
  {
    name: 'connections are reset',
    every: 12,
    strike: async ({ endpoint }) => endpoint.reset(),
  },
  {
    name: 'nothing arrives any more',
    every: 24,
    strike: async ({ endpoint }) => {
      endpoint.mute();
      endSilence = sleep(100).then(() => {
        endpoint.reset();
        endpoint.heal();
      });
    },
    // A run that has ended before must not leave the reset to the next one.
    heal: () => endSilence,
  },
  {
    name: 'the server stops',
    every: 24,
    strike: instance => instance.end('fast'),
    heal: instance => instance.start(),
  },
  {
    name: 'the server restarts',
    every: 24,
    strike: instance => instance.restart('fast'),
  },
  {
    name: 'the server crashes and restarts',
    every: 24,
    strike: instance => instance.restart('immediate'),
  },
  {
    name: 'every connection is taken',
    every: 12,
    strike: async instance => {
      const ends: Array<() => Promise<void>> = [];
      endFilling = async () => {
        await Promise.all(ends.map(end => end()));
      };
      try {
        for (;;)
          ends.push(
            await openSessions(
              instance,
              { ...instance.databases.backstage, database: 'backstage' },
              1,
            ),
          );
      } catch {
        // The instance is full.
      }
    },
    heal: () => endFilling(),
  },
  {
    name: 'the endpoint names a standby',
    every: 12,
    prepare: instance => instance.addStandby(),
    strike: async instance => {
      instance.pointToStandby();
      instance.endpoint.reset();
    },
    heal: async instance => {
      instance.pointToPrimary();
      instance.endpoint.reset();
      // Its standby ends with it, and the next fault wants its own.
      await instance.failOver();
    },
  },
  {
    name: 'a standby takes over',
    every: 15,
    prepare: instance => instance.addStandby(),
    strike: instance => instance.failOver(),
  },
];

/** Faults at the moments of a run, in each of its modes. */
export const testServerFaults = (version: PostgresVersion) => {
  let instance: FaultyInstance;
  let env: ReturnType<typeof environmentOn>;
  const fine = ['fine', 'well'].map(name => entry(name));
  const drifted = entry('drifted');
  let count = 0;

  beforeAll(async () => {
    instance = await startFaultyInstance(version);
    env = environmentOn(instance, instance.master);
    for (const app of [...fine, drifted]) env.putFor(app, PASSWORD);
    await env.run([...fine, drifted]);
  });
  afterAll(() => instance?.stop());

  const connectQuickly = () =>
    connectPostgres({ ca: instance.ca, timeoutMs: 500 });

  /** A run that a fault strikes at a moment: before a connection, before a query, or after one. */
  const runStruck = async (
    apps: TfvarsEntry[],
    options: ProvisionOptions,
    strikeAt: number,
    strike: () => Promise<void>,
  ) => {
    let moments = 0;
    const seen = new Set<string>();
    const pass = async () => {
      if (moments === strikeAt) await strike();
      moments += 1;
    };
    const connections: Connect = connectQuickly();
    const connect: Connect = async target => {
      await pass();
      const session = await connections(target);
      seen.add(target.username);
      return {
        ...session,
        query: async <Row>(sql: string, values?: readonly unknown[]) => {
          await pass();
          const rows = await session.query<Row>(sql, values);
          await pass();
          return rows;
        },
      };
    };
    const told = await tell(
      env,
      apps,
      { concurrency: 1, port: instance.port, ...options },
      connect,
    );
    return { ...told, moments, seen };
  };

  const drift = () =>
    instance.sql(
      `GRANT CONNECT, TEMPORARY ON DATABASE drifted TO PUBLIC; ALTER ROLE drifted_user CREATEDB`,
    );
  const createFresh = () => {
    count += 1;
    const app = entry(`fresh${count}`);
    env.putFor(app, PASSWORD);
    return app;
  };

  /** Each kind of run: what it looks at, and what its end must not claim. */
  const KINDS = [
    {
      kind: 'a check of what has not drifted',
      options: { mode: 'check' as const, strict: true },
      prepare: async () => fine,
      unharmed: 0,
      mayEndWith: [0, 1],
    },
    {
      kind: 'a check of what has drifted',
      options: { mode: 'check' as const },
      prepare: async () => {
        await drift();
        return [fine[0], drifted];
      },
      unharmed: 2,
      mayEndWith: [1, 2],
    },
    {
      kind: 'a dry run',
      options: { mode: 'dry-run' as const },
      prepare: async () => {
        await drift();
        return [fine[0], drifted];
      },
      unharmed: 0,
      mayEndWith: [0, 1],
    },
    {
      kind: 'a run',
      options: { mode: 'apply' as const },
      prepare: async () => {
        await drift();
        return [createFresh(), drifted, fine[0]];
      },
      unharmed: 0,
      mayEndWith: [0, 1],
    },
  ];

  let momentsOf: number[];
  beforeAll(async () => {
    momentsOf = [];
    for (const { prepare, options, unharmed } of KINDS) {
      const told = await runStruck(
        await prepare(),
        options,
        -1,
        async () => undefined,
      );
      expect(told.exit).toBe(unharmed);
      momentsOf.push(told.moments);
    }
  });

  // The newest version meets all faults, the others a few each.
  const faults = FAULTS.filter(
    (_, index) => version === NEWEST_VERSION || index % 3 === version - 15,
  );
  it.each(faults)(
    'tells the truth when $name, whenever that is',
    async ({ every, prepare, strike, heal }) => {
      const struck = instance;
      for (const [index, one] of KINDS.entries()) {
        const moments = momentsOf[index];
        for (
          let moment = (version + index * 5) % every;
          moment < moments;
          moment += every
        ) {
          await prepare?.(struck);
          const apps = await one.prepare();
          let hasStruck = false;
          const told = await runStruck(apps, one.options, moment, async () => {
            hasStruck = true;
            await strike(struck);
          });
          if (hasStruck) await heal?.(struck);
          const at = { kind: one.kind, moment, words: told.words };

          expect({
            ...at,
            ends: one.mayEndWith.includes(told.exit) || told.exit,
          }).toEqual({ ...at, ends: true });
          // "No drift" and "Done" are said of what was seen.
          if (told.exit === 0 && one.options.mode !== 'dry-run') {
            const unseen = apps.filter(
              ({ username }) => !told.seen.has(username),
            );
            expect({ ...at, unseen }).toEqual({ ...at, unseen: [] });
          }
          expect({
            ...at,
            untrue: await findUntrueRows(instance, told.rows, apps),
          }).toEqual({ ...at, untrue: [] });
          if (one.options.mode === 'apply') {
            if (told.exit === 0)
              expect((await tell(env, apps, { mode: 'check' })).words).toMatch(
                /No drift/,
              );
            const again = await tell(env, apps);
            expect({ ...at, again: again.exit, words: again.words }).toEqual({
              ...at,
              again: 0,
              words: again.words,
            });
            expect((await tell(env, apps, { mode: 'check' })).words).toMatch(
              /No drift/,
            );
          }
        }
      }
    },
  );
};

import type {
  NotificationSendOptions,
  NotificationService,
} from '@backstage/plugin-notifications-node';
import { newSqlite } from '../../../scaffolder-backend-module-golden-path/src/testing/sqlite';
import type { Transition } from '../decide/transition';
import { createStore, Store } from '../store';
import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { EXAMPLE_TRANSITION } from '../testing/exampleTransition';
import { quietLogger } from '../testing/quietLogger';
import { createSendNotifications, Outbox } from './sendNotifications';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-11-26T10:00:00Z');

/** What people see: as in the notifications plugin, a scope that is sent again replaces the notification. */
const createInbox = () => {
  const seen = new Map<string, NotificationSendOptions>();
  const sent: NotificationSendOptions[] = [];
  let fail: (options: NotificationSendOptions) => Error | undefined = () =>
    undefined;
  const service: NotificationService = {
    send: async options => {
      sent.push(options);
      const error = fail(options);
      if (error) throw error;
      seen.set(options.payload.scope!, options);
    },
  };
  return {
    service,
    sent,
    scopes: () => [...seen.keys()].sort(),
    failWhen: (failing: typeof fail) => {
      fail = failing;
    },
  };
};

describe('sendNotifications', () => {
  let store: Store;
  let inbox: ReturnType<typeof createInbox>;
  let now: number;
  let log: string[];

  beforeEach(async () => {
    const knex = newSqlite();
    store = await createStore({ getClient: async () => knex });
    inbox = createInbox();
    now = START;
    log = [];
  });

  const replica = (outbox: Outbox = store, sendTimeoutMs?: number) =>
    createSendNotifications({
      outbox,
      notifications: inbox.service,
      logger: {
        ...quietLogger,
        warn: message => void log.push(`warn ${message}`),
        info: message => void log.push(`info ${message}`),
      },
      now: () => now,
      sendTimeoutMs,
    });

  const happen = async (
    keys: string[],
    changes: Partial<Transition> & { settled?: boolean } = {},
  ) => {
    const { settled = false, ...rest } = changes;
    const { seenAt, ...status } = EXAMPLE_STATUS;
    await store.change(
      EXAMPLE_TRANSITION,
      () => ({
        status,
        evidence: {},
        transitions: keys.map(key => ({ ...EXAMPLE_TRANSITION, ...rest, key })),
        newsSince: settled ? Infinity : 0,
      }),
      now,
    );
  };
  const scopes = (...keys: string[]) => keys.map(key => `golden-path:${key}`);

  it("tells the owner's group once, in the order of the news", async () => {
    await happen(['one', 'two']);
    await replica()();
    await replica()();
    expect(inbox.sent.map(({ payload }) => payload.scope)).toEqual(
      scopes('one', 'two'),
    );
    expect(inbox.sent[0].recipients).toEqual({
      type: 'entity',
      entityRef: ['group:default/platform-team'],
    });
  });

  it('tells whoever owns it by then', async () => {
    await happen(['one'], { ownerRef: 'group:default/former-team' });
    await replica()();
    expect(inbox.sent[0].recipients).toMatchObject({
      entityRef: ['group:default/platform-team'],
    });
  });

  it('tells nobody about the past, nor about steps that interest nobody', async () => {
    await happen(['history'], { settled: true });
    await happen(['approval'], { kind: 'approved' });
    await happen(['old']);
    now += 8 * 24 * HOUR;
    await happen(['new']);
    await replica()();
    await replica()();
    expect(inbox.scopes()).toEqual(scopes('new'));
  });

  describe('two replicas, of which one is killed', () => {
    const never = () => new Promise<never>(() => undefined);

    it.each([
      {
        when: 'between taking and sending',
        killed: (): Outbox => ({
          ...store,
          takeTransitions: async options => {
            await store.takeTransitions(options);
            return never();
          },
        }),
        sentBefore: 0,
      },
      {
        when: 'between sending and marking',
        killed: (): Outbox => ({ ...store, markSent: never }),
        sentBefore: 1,
      },
    ])(
      '$when: one of each, and none is lost',
      async ({ killed, sentBefore }) => {
        await happen(['one', 'two', 'three']);
        void replica(killed())();
        await new Promise(done => {
          setTimeout(done, 200);
        });
        expect(inbox.sent).toHaveLength(sentBefore);

        const other = replica();
        await other();
        expect(inbox.sent).toHaveLength(sentBefore);
        await happen(['four']);
        await other();
        now += 3 * MINUTE;
        await other();
        expect(inbox.scopes()).toEqual(scopes('four', 'one', 'three', 'two'));
        expect(inbox.sent).toHaveLength(4 + sentBefore);
      },
    );
  });

  describe('when they can not be sent', () => {
    const runFor = async (ms: number, send: () => Promise<void>) => {
      for (const end = now + ms; now < end; now += MINUTE / 2) await send();
    };

    it('says so once, asks ever more rarely, and sends them all later', async () => {
      await happen(['one']);
      inbox.failWhen(() => new Error('Request failed with status 404'));
      const send = replica();
      await runFor(4 * HOUR, send);
      expect(log).toEqual([
        expect.stringMatching(
          /^warn Notifications about databases can't be sent: Request failed with status 404\./,
        ),
      ]);
      expect(inbox.sent.length).toBeGreaterThan(5);
      expect(inbox.sent.length).toBeLessThan(12);

      inbox.failWhen(() => undefined);
      await runFor(2 * HOUR, send);
      expect(inbox.scopes()).toEqual(scopes('one'));
      expect(log.slice(1)).toEqual([
        'info Notifications about databases are sent again.',
      ]);
    });

    it('one that always fails does not hold up the others', async () => {
      await happen(['bad', 'one', 'two']);
      inbox.failWhen(({ payload }) =>
        payload.scope === 'golden-path:bad' ? new Error('no') : undefined,
      );
      await runFor(5 * MINUTE, replica());
      expect(inbox.scopes()).toEqual(scopes('one', 'two'));
    });

    it('does not wait forever for an answer', async () => {
      await happen(['one']);
      inbox.service.send = () => new Promise<void>(() => undefined);
      await replica(store, 50)();
      expect(log).toEqual([expect.stringContaining('no answer within 0.05 s')]);
    });
  });
});

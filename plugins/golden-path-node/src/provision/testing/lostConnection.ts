import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { Cut, startProxy } from './startProxy';
import { stateOf } from './stateOf';
import { Context, preparations } from './context';

const PASSWORD = 'the right one';

/** Runs that lose the connection, and the next run after each. */
export const testLostConnection = (context: Context) => {
  const { instance, on, named, itRuns } = context;
  const { nothing, foreign } = preparations(context);

  describe.each([
    {
      of: 'what is new',
      name: 'created',
      adopt: false,
      prepare: nothing,
    },
    {
      of: 'what is taken over',
      name: 'taken',
      adopt: true,
      prepare: foreign,
    },
  ])('of $of', ({ name, adopt, prepare }) => {
    for (const at of ['answer', 'request'] as const)
      itRuns.onlyInMatrix(
        `reach the same state in the next run, for a cut at every ${at}`,
        async () => {
          const proxy = await startProxy(instance());
          try {
            const clean = named(`${name}_clean${at[0]}`);
            await prepare(clean);
            const uncut = on();
            uncut.putFor(clean, PASSWORD);
            expect(await uncut.run([clean], { adopt })).toMatchObject({
              outcome: 'done',
            });
            const [wanted] = await stateOf(instance(), [clean], () => PASSWORD);

            let statements = 1;
            for (; ; statements += 1) {
              const app = named(`${name}_${at[0]}${statements}`);
              await prepare(app);
              if (!(await isCut(proxy, { statements, at }, app, adopt))) break;
              expect({
                statements,
                state: (await stateOf(instance(), [app], () => PASSWORD))[0],
              }).toEqual({ statements, state: wanted });
            }
            expect(statements).toBeGreaterThan(3);
          } finally {
            await proxy.stop();
          }
        },
      );
  });

  /** Cuts a run and runs it again. Returns whether the cut happened. */
  const isCut = async (
    proxy: Awaited<ReturnType<typeof startProxy>>,
    cut: Cut,
    app: TfvarsEntry,
    adopt: boolean,
  ): Promise<boolean> => {
    const env = on();
    env.putFor(app, PASSWORD);
    proxy.cutAt(cut);
    const first = await env
      .run([app], { adopt, port: proxy.port })
      .then(({ outcome }) => outcome)
      .catch((error: Error) => error.name);
    if (!proxy.heal()) {
      expect(first).toBe('done');
      return false;
    }
    expect(first).toMatch(/^(failed|ServiceUnavailableError)$/);
    const again = await env.run([app], { adopt });
    expect(again.databases).toMatchObject([{ problems: [] }]);
    expect(again.outcome).toBe('done');
    for (const action of ['create_role', 'create_database']) {
      expect(env.rows).toContainEqual(
        expect.objectContaining({
          action,
          database: app.databaseName,
          username: app.username,
          status: expect.stringMatching(/^(success|no_change)$/),
        }),
      );
    }
    return true;
  };
};

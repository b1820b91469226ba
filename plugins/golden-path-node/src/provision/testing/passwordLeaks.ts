import { inspect } from 'node:util';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { Context, preparations } from './context';
import { interceptQueries } from './instance';

/** A unique word among characters that some context quotes. */
const WORD = 'cAnArY';
const CANARY = `${WORD}'"\\%s ü-${'x'.repeat(12)}`;
const CHANGING = /^(BEGIN|COMMIT|CREATE|ALTER|GRANT|REVOKE|COMMENT)/;

/** Passwords never appear in results, events, audit rows, server logs or pg_stat_activity. */
export const testPasswordLeaks = (context: Context) => {
  const { runAs, instance, on, named, itRuns } = context;
  const { nothing, foreign } = preparations(context);

  const expectNowhere = (...said: unknown[]) => {
    const everywhere = inspect(said, {
      depth: Infinity,
      maxArrayLength: null,
      maxStringLength: null,
    });
    for (const text of [everywhere, instance().log()]) {
      const lines = text
        .split('\n')
        .filter(
          line =>
            line.includes(WORD) || line.includes(instance()[runAs].password),
        );
      expect(lines).toEqual([]);
    }
  };

  itRuns.perVersion('writes no password anywhere, in any mode', async () => {
    const env = on();
    const app = named('canary');
    env.putFor(app, CANARY);
    const said: unknown[] = [await env.run([app], { mode: 'dry-run' })];
    said.push(await env.run([app]));
    await instance().sql(`ALTER ROLE ${app.username} PASSWORD 'x'`);
    said.push(await env.run([app], { mode: 'check' }), await env.run([app]));
    await instance().sql(`ALTER ROLE ${app.username} NOLOGIN`);
    said.push(await env.run([app]));
    await instance().sql(
      `ALTER DATABASE ${app.databaseName} WITH ALLOW_CONNECTIONS false`,
    );
    said.push(await env.run([app]));
    expectNowhere(said, env.rows);
  });

  itRuns.once.each([
    { name: 'new', prepare: nothing, atLeast: 7 },
    { name: 'taken', prepare: foreign, atLeast: 8 },
  ])(
    'writes no password anywhere, for every failing statement: $name',
    async ({ name, prepare, atLeast }) => {
      const said: unknown[] = [];
      let failing = 1;
      for (; ; failing += 1) {
        const app = named(`canary_${name}${failing}`);
        await prepare(app);
        if (!(await hasFailed(app, failing, said))) break;
      }
      expect(failing).toBeGreaterThan(atLeast);
      expectNowhere(said);
    },
  );

  /** * Runs with statement number `failing` broken, and collects all output. Returns whether there was such a statement. */
  const hasFailed = async (
    app: TfvarsEntry,
    failing: number,
    said: unknown[],
  ): Promise<boolean> => {
    const env = on();
    env.putFor(app, CANARY);
    /** In the order in which they are first sent. */
    const changing: string[] = [];
    const breakOne = (statement: string) => {
      if (CHANGING.test(statement) && !changing.includes(statement))
        changing.push(statement);
      return statement === changing[failing - 1]
        ? `${statement} nonsense (`
        : statement;
    };
    const connect = interceptQueries(
      env.connections,
      session => async (sql, values) => {
        const statements = sql.split('; ');
        if (!statements.some(one => CHANGING.test(one)))
          return session.query(sql, values);
        try {
          return await session.query(
            statements.map(breakOne).join('; '),
            values,
          );
        } finally {
          said.push(
            await instance().sql(
              'SELECT application_name, query FROM pg_stat_activity',
            ),
          );
        }
      },
    );
    const result = await env
      .run([app], { adopt: true }, connect)
      .catch((error: Error) => error);
    said.push(result, env.rows);
    if (changing.length < failing) return false;
    expect(result).toMatchObject({ outcome: 'failed' });
    return true;
  };
};

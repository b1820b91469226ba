import type { PostgresVersion } from '@goldenpath/local-postgres';
import { VERSIONS } from '../../../../../../tests/support/matrix';
import type { ProvisionOptions } from '../../act/run';
import { findUntrueRows } from '../auditTruth';
import { entry, environmentOn, Instance } from '../instance';
import { openSessions } from '../openSessions';
import { runStatements } from '../runStatement';
import { settle } from '../settle';
import { tell, Told } from '../tell';
import type { CaseNames, Expected, FieldCase } from './fieldCase';

interface Place {
  version: PostgresVersion;
  runAs: 'master' | 'superuser';
}

const PLACES: Place[] = VERSIONS.flatMap(version =>
  (['master', 'superuser'] as const).map(runAs => ({ version, runAs })),
);

/** Rows from the field run everywhere; each of the others once with each master, on versions that take turns. */
const isAt = (row: FieldCase, index: number, place: Place): boolean => {
  const possible = PLACES.filter(
    ({ version, runAs }) =>
      version >= (row.since ?? 0) && runAs === (row.runAs ?? runAs),
  );
  const chosen =
    row.source === 'kind'
      ? (['master', 'superuser'] as const).flatMap(runAs => {
          const of = possible.filter(one => one.runAs === runAs);
          return of.length > 0 ? [of[index % of.length]] : [];
        })
      : possible;
  return chosen.some(
    ({ version, runAs }) => version === place.version && runAs === place.runAs,
  );
};

/** Every row of the table that belongs to this version, with each master. */
export const testFieldCases = (
  rows: readonly FieldCase[],
  version: PostgresVersion,
  instance: () => Instance,
) => {
  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const chosen = rows
      .map((row, index) => ({ row, index }))
      .filter(({ row, index }) => isAt(row, index, { version, runAs }));
    const prepared = new Map(
      chosen.map(({ row, index }) => [
        row,
        prepareCase(row, `c${index}${runAs[0]}`),
      ]),
    );
    const env = () => environmentOn(instance(), instance()[runAs]);
    let shared: ReturnType<typeof env>;

    beforeAll(async () => {
      shared = env();
      const apps = [...prepared.values()].map(({ app, password }) => {
        shared.putFor(app, password);
        return app;
      });
      await shared.run(
        apps.filter((_, index) => !chosen[index].row.isNew),
        { loginTest: false },
      );
    });

    it.each(
      chosen.map(({ row }) => ({
        row,
        title: `${row.row}, ${row.source}: ${row.input}`,
      })),
    )('tells row $title', async ({ row }) => {
      const { app, password } = prepared.get(row)!;
      const { databaseName: database, username: role } = app;
      const place = { instance: instance(), env: shared };
      const names: CaseNames = {
        database,
        role,
        password,
        master: instance()[runAs].username,
        other: name => `${database}_${name}`,
      };
      const run = (
        mode: 'apply' | 'check' | 'dry-run',
        more: ProvisionOptions = {},
      ) => tell(shared, [app], { ...row.options, ...more, mode });

      const end = await openSessions(
        instance(),
        { username: role, password, database },
        row.sessions ?? 0,
      );
      try {
        await runStatements(instance(), row.arrange(names));
        await row.before?.(names, place);
        if (row.check) expectTold(await run('check'), row.check);
        if (row.strict)
          expectTold(await run('check', { strict: true }), row.strict);
        if (row.dryRun) expectTold(await run('dry-run'), row.dryRun);
        if (row.apply) {
          let told = await run('apply');
          const [, fewer] = /--concurrency (\d+)/.exec(told.words) ?? [];
          if (row.mayNameConcurrency && told.exit === 1 && fewer) {
            told = await run('apply', { concurrency: Number(fewer) });
          }
          expectTold(told, row.apply);
          expect(await findUntrueRows(instance(), told.rows, [app])).toEqual(
            [],
          );
        }
      } finally {
        await end();
        if (row.undo) await runStatements(instance(), row.undo(names));
      }
      if (row.settles !== false) {
        await settle(instance(), shared, [app], row.options);
        await instance().as(
          { username: role, password },
          database,
          `CREATE SCHEMA made; CREATE TABLE made.it (id int)`,
        );
      }
      await row.finally?.(names, place);
    });
  });
};

const prepareCase = (row: FieldCase, name: string) => ({
  app: entry(name, row.declared),
  password: `secret of ${name}`,
});

const expectTold = (told: Told, { exit, words = [], never = [] }: Expected) => {
  expect({
    exit: told.exit,
    missing: words.filter(pattern => !pattern.test(told.words)),
    wrong: never.filter(pattern => pattern.test(told.words)),
    // Shown where one of the others differs.
    words: told.words,
  }).toEqual({ exit, missing: [], wrong: [], words: told.words });
};

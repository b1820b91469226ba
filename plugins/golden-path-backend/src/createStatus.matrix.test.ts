import { startSchemas } from './testing/databases';
import { startWorld } from './testing/world';

const START = Date.parse('2026-11-24T10:00:00Z');
const DATABASES = 5_000;
/** A refresh comes every 30 seconds. On a busy machine it takes a few times as long as on an idle one. */
const LONGEST_MS = 10_000;

describe('a refresh of 5,000 databases', () => {
  let postgres: Awaited<ReturnType<typeof startSchemas>>;
  beforeAll(async () => {
    postgres = await startSchemas();
  });
  afterAll(() => postgres.stop());

  it('writes nothing where nothing has changed, and asks GitHub for lists only', async () => {
    const world = await startWorld(postgres, START);
    const { sources, one } = world;
    for (let n = 0; n < DATABASES; n += 1) {
      const key = { environment: 'dev', databaseName: `d${n}_db` };
      sources.declare(key, 'active');
      sources.record(key, 'create_role');
      sources.record(key, 'create_database');
    }
    const refresh = async () => {
      const begun = performance.now();
      await one.refresh();
      return Math.round(performance.now() - begun);
    };
    const first = await refresh();
    await world.pass(30_000);
    let writes = 0;
    one.client.on('query', ({ sql }: { sql: string }) => {
      if (/goldenpath_databases/.test(sql) && !/^select/.test(sql)) writes += 1;
    });
    sources.calls.length = 0;
    const second = await refresh();
    await world.pass(30_000);
    sources.declare({ environment: 'dev', databaseName: 'd7_db' }, 'failed');
    const third = await refresh();
    process.stdout.write(
      `The first refresh of ${DATABASES} databases: ${first} ms; without changes: ${second} ms; with one: ${third} ms.\n`,
    );
    expect(writes).toBe(1);
    expect(sources.calls.map(({ call }) => call)).not.toContainEqual(
      expect.stringMatching(/newestPullRequest|reviews \d|run/),
    );
    expect(await world.transitions()).toEqual(['failed']);
    expect(Math.max(second, third)).toBeLessThan(LONGEST_MS);
  });
});

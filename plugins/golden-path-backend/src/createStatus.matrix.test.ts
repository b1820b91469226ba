import { startSchemas } from './testing/databases';
import { startWorld } from './testing/world';

const START = Date.parse('2026-11-24T10:00:00Z');
const DATABASES = 5_000;

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
    let writes = 0;
    one.client.on('query', ({ sql }: { sql: string }) => {
      if (/goldenpath_databases/.test(sql) && !/^select/.test(sql)) writes += 1;
    });
    const refresh = async () => {
      await world.pass(30_000);
      sources.calls.length = 0;
      writes = 0;
      const begun = performance.now();
      const cpu = process.cpuUsage();
      await one.refresh();
      const { user, system } = process.cpuUsage(cpu);
      return {
        ms: Math.round(performance.now() - begun),
        cpuMs: Math.round((user + system) / 1000),
        writes,
      };
    };
    const first = await refresh();
    const second = await refresh();
    const unchanged = await refresh();
    sources.declare({ environment: 'dev', databaseName: 'd7_db' }, 'failed');
    const changed = await refresh();
    process.stdout.write(
      `${DATABASES} databases: ${JSON.stringify({
        first,
        second,
        unchanged,
        changed,
      })}\n`,
    );
    expect([
      first.writes,
      second.writes,
      unchanged.writes,
      changed.writes,
    ]).toEqual([DATABASES, 0, 0, 1]);
    expect(sources.calls.map(({ call }) => call)).not.toContainEqual(
      expect.stringMatching(/newestPullRequest|reviews \d|run/),
    );
    expect(await world.transitions()).toEqual(['failed']);
    // Time of the CPU. The first one, which writes all, takes five times as long as the others.
    expect(Math.max(second.cpuMs, unchanged.cpuMs, changed.cpuMs)).toBeLessThan(
      first.cpuMs,
    );
  });
});

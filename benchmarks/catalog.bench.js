/**
 * How long a refresh of the databases takes in a catalog on PostgreSQL, as a ratio to the catalog's own work: a provider that
 * has the same entities in memory.
 *
 *   node benchmarks/catalog.bench.js [databases]
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const fs = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const { join } = require('node:path');

const scratch = fs.mkdtempSync(join(tmpdir(), 'golden-path-catalog-'));
// PostgreSQL may run as another user and must reach its data in this folder.
fs.chmodSync(scratch, 0o755);
const SOURCE = '../plugins/catalog-backend-module-golden-path/src';
const { startPostgres } = require('@goldenpath/local-postgres');
const { createBackendModule } = require('@backstage/backend-plugin-api');
const {
  catalogProcessingExtensionPoint,
} = require('@backstage/plugin-catalog-node');

const { createDatabaseProvider } = require(`${SOURCE}/act/databaseProvider.ts`);
const { bootCatalog } = require(`${SOURCE}/testing/bootCatalog.ts`);
const {
  CONFIG,
  entryOf,
  infraRepoOf,
} = require(`${SOURCE}/testing/infraRepo.ts`);

const COUNT = Number(process.argv[2] ?? 5000);
/** Seconds for 5,000 databases. */
const GOAL_SECONDS = 5;

const time = async work => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** A module that only connects a provider. */
const connect = provider =>
  createBackendModule({
    pluginId: 'catalog',
    moduleId: provider.getProviderName(),
    register: ({ registerInit }) =>
      registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        init: async ({ catalog }) => catalog.addEntityProvider(provider),
      }),
  });

const main = async () => {
  const load = loadavg()[0];
  const files = infraRepoOf({
    dev: Object.fromEntries(
      Array.from({ length: COUNT }, (_, at) => [
        `db_${at}`,
        entryOf('dev', `db_${at}`),
      ]),
    ),
  });
  const provider = createDatabaseProvider(CONFIG, {
    files: { read: async path => files[path] },
    logger: {
      debug: () => undefined,
      error: text => {
        throw new Error(text);
      },
    },
  });

  let emitted;
  const recorded = {
    ...provider,
    connect: connection =>
      provider.connect({
        ...connection,
        applyMutation: async mutation => {
          emitted = mutation.entities;
          await connection.applyMutation(mutation);
        },
      }),
  };
  const floor = {
    getProviderName: () => 'floor',
    connect: async connection => {
      floor.connection = connection;
    },
    refresh: () =>
      floor.connection.applyMutation({
        type: 'full',
        entities: emitted.map(({ entity, locationKey }) => ({
          locationKey,
          entity: {
            ...entity,
            metadata: { ...entity.metadata, name: `${entity.metadata.name}-f` },
          },
        })),
      }),
  };

  const postgres = await startPostgres({
    dataDir: join(scratch, 'data'),
    logFile: join(scratch, 'postgres.log'),
    port: 0,
    databases: ['backstage'],
  });
  const catalog = await bootCatalog(
    files,
    {
      port: postgres.port,
      ca: fs.readFileSync(postgres.caFile, 'utf8'),
      ...postgres.databases.backstage,
    },
    [connect(recorded), connect(floor)],
  );
  try {
    console.log(
      `${COUNT} databases, ${
        cpus().length
      } processors with a load of ${load.toFixed(1)} before`,
    );
    for (const what of ['First refresh', 'Refresh without a change']) {
      const ours = await time(provider.refresh);
      const theirs = await time(floor.refresh);
      console.log(
        `${what}: ${ours.toFixed(2)} s, ${(ours / theirs).toFixed(
          2,
        )} × the catalog's own work; goal ${GOAL_SECONDS} s: ${
          ours <= GOAL_SECONDS ? 'met' : 'not met'
        }`,
      );
    }
    const all = await time(async () => {
      while ((await catalog.count('database')) < 2 * COUNT)
        await new Promise(done => setTimeout(done, 500));
    });
    console.log(
      `The catalog then took ${all.toFixed(
        0,
      )} s to process twice as many entities.`,
    );
  } finally {
    await catalog.stop();
    await postgres.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
};

main().then(
  () => process.exit(0),
  error => {
    console.error(error);
    process.exit(1);
  },
);

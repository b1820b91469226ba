/**
 * How fast `goldenpath-rds provision` is, as a process, against provisionFloor.js in the same run, interleaved.
 *
 *   node benchmarks/provision.bench.js [databases] [rounds] [databases, many]
 *
 * PostgreSQL is the newest that the workspace installs, its data on tmpfs where there is one. The command measured is the
 * self-contained one of `make cli`, or what GOLDENPATH_RDS names (a goldenpath-rds.js).
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { startPostgres } = require('@goldenpath/local-postgres');
const { startSecretsManager } = require('@goldenpath/local-secrets-manager');
const {
  scramVerifier,
} = require('../plugins/golden-path-node/src/provision/decide/postgres/scram.ts');
const { commandLine } = require('./commandLine');
const { runMeasured } = require('./runMeasured');

const COUNT = Number(process.argv[2] ?? 300);
const ROUNDS = Number(process.argv[3] ?? 5);
const LARGE = Number(process.argv[4] ?? 1000);
const LARGE_ROUNDS = 3;

/** A thousand databases and their log: 8 MiB each, and as much again for a floor's. */
const NEEDED_GIB = 14;
const isRoomy = folder => {
  const { bavail, bsize } = fs.statfsSync(folder);
  return (bavail * bsize) / 2 ** 30 > NEEDED_GIB;
};
const scratchRoot =
  fs.existsSync('/dev/shm') && isRoomy('/dev/shm') ? '/dev/shm' : tmpdir();
const scratch = fs.mkdtempSync(join(scratchRoot, 'golden-path-bench-'));
fs.chmodSync(scratch, 0o755);
// What is left behind on tmpfs is memory that nobody gets back.
process.once('exit', () =>
  fs.rmSync(scratch, { recursive: true, force: true }),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => process.exit(1));

const time = (args, env) => runMeasured(join(scratch, 'usage'), args, env);

/** `count` databases of one name, their secrets made and their files written. */
const prepare = async (name, count, { postgres, secrets, ca }) => {
  const { host, port } = postgres;
  const databases = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const database = `${name}_${String(n).padStart(4, '0')}`;
      const password = randomBytes(24).toString('base64url');
      return {
        name: database,
        username: `${database}_user`,
        password,
        verifier: await scramVerifier(password),
        mark: `Managed by goldenpath-rds: secret goldenpath/dev/${database}/postgres, version ${database}`,
      };
    }),
  );
  for (const { name: dbname, username, password } of databases)
    secrets.add(`goldenpath/dev/${dbname}/postgres`, {
      host,
      port,
      dbname,
      username,
      password,
    });
  const tfvars = join(scratch, `${name}.tfvars`);
  fs.writeFileSync(
    tfvars,
    `application_databases = {\n${databases
      .map(
        ({ name: dbname, username }) =>
          `  ${dbname} = {\n    database_name = "${dbname}"\n    username      = "${username}"\n  }\n`,
      )
      .join('')}}\n`,
  );
  return {
    databases,
    floor: (work, concurrency) => {
      const file = join(scratch, `${name}.json`);
      fs.writeFileSync(
        file,
        JSON.stringify({
          host,
          port,
          ca,
          master: postgres.master,
          concurrency,
          databases,
          ...work,
        }),
      );
      return time([join(__dirname, 'provisionFloor.js'), file]);
    },
    ours: (...flags) =>
      time(
        [
          commandLine(),
          'provision',
          '--env=dev',
          `--tfvars=${tfvars}`,
          `--ca-file=${postgres.caFile}`,
          `--audit-output=${join(scratch, `${name}.csv`)}`,
          ...flags,
        ],
        secrets.env,
      ),
    drop: async client => {
      for (const { name: dbname, username } of databases) {
        await client.query(`DROP DATABASE IF EXISTS ${dbname}`);
        await client.query(`DROP ROLE IF EXISTS ${username}`);
      }
    },
  };
};

const startAll = async () => {
  const postgres = await startPostgres({
    dataDir: join(scratch, 'data'),
    port: 0,
    logFile: join(scratch, 'postgres.log'),
  });
  const stateFile = join(scratch, 'secrets.json');
  const list = [];
  const add = (name, value) =>
    list.push({ name, value: JSON.stringify(value) });
  const { host, port, master } = postgres;
  add('goldenpath/dev/rds/master', { host, port, ...master });
  return {
    postgres,
    ca: fs.readFileSync(postgres.caFile, 'utf8'),
    secrets: {
      add,
      env: {},
      /** Serves what was added. */
      serve: async function serve() {
        fs.rmSync(stateFile, { force: true });
        const server = await startSecretsManager({ port: 0, stateFile });
        this.env = {
          AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
        };
        for (const { name, value } of list) {
          const answer = await fetch(server.url, {
            method: 'POST',
            headers: { 'X-Amz-Target': 'secretsmanager.CreateSecret' },
            body: JSON.stringify({
              Name: name,
              SecretString: value,
              ClientRequestToken: randomBytes(16).toString('hex'),
            }),
          });
          if (!answer.ok) throw new Error(await answer.text());
        }
        return server;
      },
    },
  };
};

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = value => `${value.toFixed(2)} s`;
const print = (what, value, ratio, target) =>
  console.log(
    `${what.padEnd(34)} ${seconds(value).padStart(8)}   ${ratio.padEnd(
      30,
    )} target ${target}`,
  );

/** Runs of one kind, by what they do. */
const createRecord = () => {
  const runs = {};
  const all = what => runs[what].map(run => run.seconds);
  return {
    note: (what, run) => (runs[what] ??= []).push(run),
    at: what => median(all(what)),
    /** Of the ratios in each round: a machine that is slower for a while is so for both. */
    ratio: (what, floor, more = () => 0) =>
      median(
        all(what).map(
          (value, round) => (value - more(round)) / all(floor)[round],
        ),
      ),
    inRound: (what, round) => all(what)[round],
    peakMib: () =>
      Math.max(
        ...Object.values(runs).flatMap(each => each.map(run => run.mib)),
      ),
  };
};

/**
 * Interleaves our runs with the floors: each floor creates databases of its own and logs in to ours.
 * @param floors - a set of databases for each concurrency to try
 * @param logins - the concurrencies of logging in to try
 */
const measureRounds = async (
  rounds,
  ours,
  floors,
  client,
  logins = floors.map(([concurrency]) => concurrency),
) => {
  const record = createRecord();
  const { note } = record;
  for (let round = 0; round < rounds; round += 1) {
    for (const [concurrency, floor] of floors) {
      note(
        `make ${concurrency}`,
        await floor.floor({ make: true, login: true }, concurrency),
      );
      await floor.drop(client);
      note(
        `given ${concurrency}`,
        await floor.floor(
          { make: true, login: true, isGivenVerifiers: true },
          concurrency,
        ),
      );
      await floor.drop(client);
    }
    note('first', await ours.ours());
    for (const concurrency of logins)
      note(
        `login ${concurrency}`,
        await ours.floor({ login: true }, concurrency),
      );
    note('second', await ours.ours());
    note('check', await ours.ours('--check'));
    note('trusting', await ours.ours('--no-login-test'));
    note('start', await time([commandLine(), 'provision', '--help']));
    if (round < rounds - 1) await ours.drop(client);
  }
  const tried = {
    make: floors.map(([concurrency]) => concurrency),
    given: floors.map(([concurrency]) => concurrency),
    login: logins,
  };
  /** The concurrency with which a floor is fastest. */
  const fastest = kind =>
    tried[kind].reduce((a, b) =>
      record.at(`${kind} ${b}`) < record.at(`${kind} ${a}`) ? b : a,
    );
  return { ...record, fastest };
};

/** Prints the ratios to the floors; the targets are the same for any number of databases. */
const printRatios = (count, { at, ratio, inRound, fastest }) => {
  const toFloor = (what, kind, more) =>
    ratio(what, `${kind} ${fastest(kind)}`, more).toFixed(2);
  print(
    `${count}: first run, logins included`,
    at('first'),
    `${toFloor('first', 'make')} × the floor`,
    `1.15; ${toFloor('first', 'given')} × a floor that is given its verifiers`,
  );
  for (const [what, target] of [
    ['second', '1.15'],
    ['check', '1.25'],
  ])
    print(
      `${count}: ${what === 'second' ? 'second run' : '--check'}`,
      at(what),
      `${toFloor(what, 'login', round =>
        inRound('start', round),
      )} × the floor + start`,
      `${target} + start`,
    );
};

const main = async () => {
  const parts = await startAll();
  const { postgres } = parts;
  const floors = await Promise.all(
    [2, 4, 8].map(async concurrency => [
      concurrency,
      await prepare(`floor${concurrency}`, COUNT, parts),
    ]),
  );
  const ours = await prepare('ours', COUNT, parts);
  const large = await prepare('large', LARGE, parts);
  const largeFloor = await prepare('large_floor', LARGE, parts);
  const server = await parts.secrets.serve();
  const client = await postgres.connectAsSuperuser();
  try {
    const few = await measureRounds(ROUNDS, ours, floors, client);
    await ours.drop(client);
    console.log(
      `${COUNT} databases, median of ${ROUNDS} rounds, PostgreSQL in ${scratchRoot}, ${commandLine()}`,
    );
    for (const kind of ['make', 'given', 'login'])
      console.log(
        `floor: ${kind}, ${floors
          .map(
            ([concurrency]) =>
              `${seconds(
                few.at(`${kind} ${concurrency}`),
              )} at ${concurrency} at a time`,
          )
          .join(', ')}`,
      );
    console.log(`process start (--help) ${seconds(few.at('start'))}`);
    printRatios(COUNT, few);
    print(
      `${COUNT}: second run, --no-login-test`,
      few.at('trusting'),
      'the whole process',
      '1.20 s at 300',
    );

    const many = await measureRounds(
      LARGE_ROUNDS,
      large,
      [[few.fastest('make'), largeFloor]],
      client,
      [few.fastest('login')],
    );
    printRatios(LARGE, many);
    // So short that one run says little about what an entry costs.
    for (let more = 0; more < 3; more += 1)
      many.note('trusting', await large.ours('--no-login-test'));
    const perDatabase =
      (many.at('trusting') - few.at('trusting')) / (LARGE - COUNT);
    print(
      `${LARGE}: second run, --no-login-test`,
      many.at('trusting'),
      `${(perDatabase * 1000).toFixed(2)} ms for one more`,
      '0.5 ms',
    );
    console.log(
      `${LARGE} databases: ${Math.round(
        many.peakMib(),
      )} MiB at its peak, target 400`,
    );
  } finally {
    await client.end();
    await server.stop();
    await postgres.stop();
  }
};

main();

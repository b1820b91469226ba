/**
 * How fast `goldenpath-rds request` is, as a process, on infra repos of several sizes, interleaved with two floors: a
 * Node that does nothing, and requestFloor.js.
 *
 *   node benchmarks/request.bench.js [rounds]
 *
 * The command measured is the self-contained one of `make cli`, or what GOLDENPATH_RDS names (a goldenpath-rds.js).
 */
const fs = require('node:fs');
const { loadavg, cpus, tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { commandLine } = require('./commandLine');
const { runMeasured } = require('./runMeasured');

const ROUNDS = Number(process.argv[2] ?? 5);
const SIZES = [100, 500, 1000, 5000];
const TFVARS = 'envs/dev-rds/terraform.tfvars';
const CATALOG = 'docs/20-contracts/resource-catalogs/rds-catalog.yaml';

const scratchRoot = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const scratch = fs.mkdtempSync(join(scratchRoot, 'golden-path-bench-'));

const time = args => runMeasured(join(scratch, 'usage'), args);

const filesOf = count => {
  const names = Array.from(
    { length: count },
    (_, n) => `db_${String(n).padStart(5, '0')}`,
  );
  const tfvars = names.map(
    name =>
      `  ${name} = {\n    database_name = "${name}"\n    username      = "${name}_user"\n  }\n`,
  );
  const catalog = names.map(
    name => `    ${name}:
      metadata:
        id: DATABASE_DEV_${name.toUpperCase()}
        component: user-service
        owner: platform-team
        requested_by: jane
        domain: delivery
        risk: medium
        status: active
        created_date: "2026-11-24"
      configuration:
        username: ${name}_user
        size_tier: small
        instance_class: db.t3.micro
        secret_path: goldenpath/dev/${name}/postgres
`,
  );
  return {
    [TFVARS]: `application_databases = {\n${tfvars.join('')}}\n`,
    [CATALOG]: `version: "1.0"\ndatabases:\n  dev:\n${catalog.join('')}`,
  };
};

/** An infra repo with `count` databases, as before any request. */
const write = (root, files) => {
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(root, path)), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  }
};

const REQUEST = [
  ['env', 'dev'],
  ['database', 'db_00050_new'],
  ['username', 'a_new_user'],
  ['owner', 'platform-team'],
  ['requested-by', 'jane'],
  ['component', 'user-service'],
].map(([name, value]) => `--${name}=${value}`);

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = value => `${value.toFixed(2)} s`.padStart(9);

const main = async () => {
  const runs = {};
  const note = (what, run) => (runs[what] ??= []).push(run);
  const repos = SIZES.map(count => ({
    count,
    root: join(scratch, String(count)),
    files: filesOf(count),
  }));
  const load = loadavg()[0];
  for (let round = 0; round < ROUNDS; round += 1) {
    note('nothing', await time(['-e', '0']));
    for (const { count, root, files } of repos) {
      write(root, files);
      note(
        `floor ${count}`,
        await time([
          join(__dirname, 'requestFloor.js'),
          join(root, TFVARS),
          join(root, CATALOG),
        ]),
      );
      note(
        `ours ${count}`,
        await time([commandLine(), 'request', '--root', root, ...REQUEST]),
      );
      for (const path of [TFVARS, CATALOG]) {
        const text = fs.readFileSync(join(root, path), 'utf8');
        if (!text.includes('a_new_user'))
          throw new Error(`${path} has no new entry.`);
      }
    }
  }
  const at = (what, field = 'seconds') =>
    median(runs[what].map(run => run[field]));
  const peak = what => Math.max(...runs[what].map(({ mib }) => mib));

  console.log(
    `Median of ${ROUNDS} rounds, ${
      cpus().length
    } processors with a load of ${load.toFixed(1)} before, ${commandLine()}`,
  );
  console.log(`Node that does nothing      ${seconds(at('nothing'))}`);
  for (const { count } of repos) {
    const ours = `ours ${count}`;
    const floor = `floor ${count}`;
    console.log(
      `${String(count).padStart(5)} entries: request    ${seconds(
        at(ours),
      )} (processor ${seconds(at(ours, 'busySeconds')).trim()}), ${(
        at(ours) / at(floor)
      ).toFixed(2)} × reading both files once (${seconds(
        at(floor),
      ).trim()}), peak ${Math.round(peak(ours))} MiB`,
    );
  }
  const perEntry = (from, to) =>
    ((at(`ours ${to}`) - at(`ours ${from}`)) / (to - from)) * 1000;
  console.log(
    `An entry more costs ${perEntry(100, 1000).toFixed(
      2,
    )} ms from 100 to 1,000 and ${perEntry(1000, 5000).toFixed(
      2,
    )} ms from 1,000 to 5,000; linear where the second is not the larger.`,
  );
  const verdict = (what, isMet) =>
    console.log(`${what}: ${isMet ? 'met' : 'not met'}`);
  verdict('Target 500 entries under 1 s', at('ours 500') < 1);
  verdict('Target 5,000 entries under 4 s', at('ours 5000') < 4);
  verdict('Target 5,000 entries under 500 MB', peak('ours 5000') < 500);
  verdict(
    'Target linear between',
    perEntry(1000, 5000) <= perEntry(100, 1000) * 1.1,
  );
};

main()
  .catch(error => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => fs.rmSync(scratch, { recursive: true, force: true }));

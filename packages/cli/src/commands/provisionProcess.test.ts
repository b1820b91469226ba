import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  entry,
  Instance,
  startInstance,
} from '../../../../plugins/golden-path-node/src/provision/testing/instance';
import {
  expectNoPassword,
  made,
  ProvisionProcesses,
  provisionProcesses,
  readAudit,
} from './testing/provisionProcesses';

let instance: Instance;
let processes: ProvisionProcesses;

beforeAll(async () => {
  instance = await startInstance();
  processes = await provisionProcesses(instance);
});
afterAll(async () => {
  await processes?.stop();
  await instance?.stop();
});

/** What other users of the machine can see of a process. */
const commandLines = (): string => {
  if (!existsSync('/proc/self/cmdline'))
    return execFileSync('ps', ['-axo', 'args='], { encoding: 'utf8' });
  return readdirSync('/proc')
    .filter(name => /^[0-9]+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // Ended in between.
      }
    })
    .join('\n');
};

it('runs eight times at once and writes each change once; no process shows a password', async () => {
  const apps = Array.from({ length: 40 }, (_, n) => entry(`eight${n}`));
  await Promise.all(apps.map(processes.makeSecretOf));
  const audit = join(processes.folder, 'eight.csv');
  const runs = Array.from({ length: 8 }, (_, n) =>
    processes.start(
      apps,
      audit,
      '--run-id',
      `run-${n}`,
      ...(n % 2 ? ['--json'] : []),
    ),
  );

  let isOver = false;
  const all = Promise.all(runs.map(({ ended }) => ended)).finally(() => {
    isOver = true;
  });
  let seen = '';
  while (!isOver) {
    seen += `${commandLines()}\n`;
    const activity = await instance.sql('SELECT query FROM pg_stat_activity');
    seen += `${activity.map(({ query }) => query).join('\n')}\n`;
    await sleep(50);
  }
  const ended = await all;
  expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0));
  expect(seen).toContain('goldenpath-rds.js');

  const rows = readAudit(audit);
  const databases = apps.map(({ databaseName }) => databaseName).sort();
  expect(made(rows, 'create_role')).toEqual(databases);
  expect(made(rows, 'create_database')).toEqual(databases);
  // A master without superuser rights creates a database in six changes; only one of the runs made them.
  const changes = rows.filter(({ action }) => action !== 'observe');
  expect(changes).toHaveLength(40 * 6);
  expect(new Set(changes.map(({ run_id }) => run_id)).size).toBe(1);
  expect(
    rows
      .filter(({ action }) => action === 'observe')
      .map(({ run_id, status }) => `${run_id} ${status}`)
      .sort(),
  ).toEqual(runs.map((_, n) => `run-${n} success`));

  expectNoPassword(
    instance,
    seen,
    readFileSync(audit, 'utf8'),
    instance.log(),
    ...ended.map(({ said }) => said),
  );
});

it('finishes its work and records it after its output pipe is closed', async () => {
  const apps = Array.from({ length: 6 }, (_, n) => entry(`unread${n}`));
  await Promise.all(apps.map(processes.makeSecretOf));
  const audit = join(processes.folder, 'unread.csv');
  const { child, ended } = processes.start(apps, audit, '--json');
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', chunk => {
      if (String(chunk).includes('create_database')) done();
    });
    ended.then(({ said }) => fail(new Error(`It ended early: ${said}`)), fail);
  });
  child.stdout.destroy();
  child.stderr.destroy();

  expect(await ended).toMatchObject({ code: 0 });
  const rows = readAudit(audit);
  expect(made(rows, 'create_database')).toEqual(
    apps.map(({ databaseName }) => databaseName),
  );
  expect(rows.at(-1)).toMatchObject({ action: 'observe', status: 'success' });
});

it('provisions many databases at a time without a warning from Node', async () => {
  const apps = Array.from({ length: 14 }, (_, n) => entry(`many${n}`));
  await Promise.all(apps.map(processes.makeSecretOf));
  const audit = join(processes.folder, 'many.csv');
  const { code, said } = await processes.start(apps, audit, '--concurrency=14')
    .ended;
  expect(code).toBe(0);
  expect(said).not.toContain('Warning');
});

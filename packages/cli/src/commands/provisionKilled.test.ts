import { join } from 'node:path';
import {
  entry,
  startInstance,
} from '../../../../plugins/golden-path-node/src/provision/testing/instance';
import {
  Cut,
  startProxy,
} from '../../../../plugins/golden-path-node/src/provision/testing/startProxy';
import { stateOf } from '../../../../plugins/golden-path-node/src/provision/testing/stateOf';
import {
  Difference,
  itRunsAt,
  Place,
  VERSIONS,
} from '../../../../tests/support/matrix';
import {
  expectNoPassword,
  made,
  PASSWORD,
  provisionProcesses,
  readAudit,
} from './testing/provisionProcesses';

/** Kills the program at its first message of changes, then at its second, and so on; another run finishes the work. */
const testKilling = async (
  { version, runAs }: Place,
  at: Cut['at'],
  atLeast: number,
) => {
  const instance = await startInstance({ version });
  const ends = [instance.stop];
  try {
    const processes = await provisionProcesses(instance, runAs);
    ends.unshift(processes.stop);
    const proxy = await startProxy(instance);
    ends.unshift(proxy.stop);
    const audit = join(processes.folder, 'killed.csv');
    const apps = [entry('never_killed')];
    await processes.makeSecretOf(apps[0]);
    for (let statements = 1; ; statements += 1) {
      const app = entry(`killed${statements}`);
      apps.push(app);
      await processes.makeSecretOf(app);
      const port = ['--port', `${proxy.port}`];
      const { child, ended } = processes.start([app], audit, ...port);
      proxy.cutAt({ statements, at }, () => child.kill('SIGKILL'));
      const { code, said } = await ended;
      expectNoPassword(instance, said);
      if (!proxy.heal()) {
        expect({ code, said }).toMatchObject({ code: 0 });
        expect(statements).toBeGreaterThan(atLeast);
        break;
      }
      expect({ statements, code, said }).toMatchObject({ code: null });
    }
    expect(await processes.start(apps, audit).ended).toMatchObject({ code: 0 });

    const states = await stateOf(instance, apps, () => PASSWORD);
    expect(states[0]).toMatchObject({ isPasswordRight: true });
    expect(states).toEqual(apps.map(() => states[0]));
    const databases = apps.map(({ databaseName }) => databaseName).sort();
    const rows = readAudit(audit);
    expect(made(rows, 'create_role')).toEqual(databases);
    expect(made(rows, 'create_database')).toEqual(databases);
    expect(await processes.start(apps, audit, '--check').ended).toMatchObject({
      code: 0,
    });
  } finally {
    for (const end of ends) await end();
  }
};

describe.each(VERSIONS)(
  'killed on PostgreSQL %s at every statement',
  version => {
    describe.each<{
      runAs: Place['runAs'];
      atLeast: number;
      request: Difference;
      answer: Difference;
    }>([
      { runAs: 'master', atLeast: 3, request: 'once', answer: 'onlyInMatrix' },
      {
        runAs: 'superuser',
        atLeast: 3,
        request: 'onlyInMatrix',
        answer: 'perMaster',
      },
    ])('as $runAs', ({ runAs, atLeast, ...differences }) => {
      const place = { version, runAs };
      for (const at of ['request', 'answer'] as const)
        itRunsAt(place)[differences[at]](
          `ends as if it had lived (${at})`,
          () => testKilling(place, at, atLeast),
        );
    });
  },
);

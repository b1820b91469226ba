import { createServer } from 'node:net';
import { askHost } from '../support/askHost';
import { signInAsGuest } from '../support/backstage';
import { githubClient } from '../support/github';
import {
  newPlace,
  Place,
  removePlace,
  RunningPlatform,
  spawnPlatform,
  startPlatform,
  until,
} from '../support/platform';
import { processTree, stillThere } from '../support/processes';
import { secretNames } from '../support/secrets';

const expectLoopbackNamesOnly = async ({ ports }: RunningPlatform) => {
  const { postgres, ...servers } = ports;
  const answers = (host: string) =>
    Promise.all(
      Object.values(servers).map(
        async port => (await askHost(port, host)).status,
      ),
    );
  expect(await answers('localhost')).toEqual([200, 200, 200]);
  expect(await answers('evil.example')).toEqual([421, 421, 421]);
};

describe('make start', () => {
  let place: Place;
  beforeAll(async () => {
    place = await newPlace();
  });
  afterAll(() => removePlace(place));

  it('leaves no process behind after Ctrl-C, and keeps its state for the next start', async () => {
    const first = await startPlatform(place, 'make');
    const client = await signInAsGuest(first.backstage);
    const { id } = await client
      .createTask({ component_id: 'X' })
      .then(refused => {
        expect(refused.status).toBe(400);
        return client.createTask({
          component_id: 'state-keeper',
          databaseName: 'state_db',
          username: 'state_user',
          owner: 'group:default/checkout-team',
          environment: 'dev',
        });
      });
    await client.finished(id);

    const tree = processTree(first.pid);
    expect(tree.length).toBeGreaterThan(3);
    await expectLoopbackNamesOnly(first);
    // make reports an interrupted target as an error.
    await first.stop('SIGINT');
    expect(first.output()).toContain(
      'Stopped. Repositories, databases and secrets are kept',
    );
    expect(stillThere(tree)).toEqual([]);

    const second = await startPlatform(place);
    const again = await signInAsGuest(second.backstage);
    expect((await again.task(id)).status).toBe('completed');
    const repo = await fetch(`${second.githubApi}/repos/acme/state-keeper`, {
      headers: { authorization: `token ${second.githubToken}` },
    });
    expect(repo.status).toBe(200);
    const infra = githubClient(
      second.githubApi,
      'acme/platform-infra',
      second.githubToken,
    );
    expect(
      (await infra.pullRequests('open')).map(pull => pull.head.ref),
    ).toEqual(['database/dev/state_db']);
    expect(await secretNames(second.secretsManager)).toContain(
      'goldenpath/dev/rds/master',
    );
    expect(await second.stop('SIGTERM')).toBe(0);
  });

  it('stops while it is starting, too', async () => {
    const { child, ended, output } = spawnPlatform(place);
    await until(
      () => output().includes('Starting Backstage'),
      'the platform to be half up',
    );
    const tree = processTree(child.pid!);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(stillThere(tree)).toEqual([]);
  });

  it('names a taken port in one line and starts nothing', async () => {
    const server = createServer();
    await new Promise<void>(done => {
      server.listen(place.ports.github, '127.0.0.1', done);
    });
    try {
      const { ended, output } = spawnPlatform(place);
      expect(await ended).toBe(1);
      expect(output()).toBe(
        `Already in use: port ${place.ports.github} (GitHub, GITHUB_PORT). Stop what listens there, or choose another with that variable.\n`,
      );
    } finally {
      server.close();
    }
  });
});

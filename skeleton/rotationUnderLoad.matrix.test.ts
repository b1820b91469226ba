import { rmSync } from 'node:fs';
import { APP_FORM } from '../tests/support/appDatabase';
import {
  createCredentialsMount,
  CredentialsMount,
} from '../tests/support/credentialsMount';
import { startLoad } from '../tests/support/loadApp';
import { itWhen } from '../tests/support/needs';
import { until } from '../tests/support/platform';
import { findPython } from '../tests/support/python';
import { startRotatedDatabase } from '../tests/support/rotatedDatabase';
import { RunningApp, startApp } from '../tests/support/runApp';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

const python = findPython();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Secrets Manager, the Lambda handler, PostgreSQL and three pods: everything but the operator and the kubelet is real. */
describe('rotation under load', () => {
  let folder: string;
  let mount: CredentialsMount;
  let rotated: Awaited<ReturnType<typeof startRotatedDatabase>>;
  const pods: RunningApp[] = [];
  beforeAll(async () => {
    if (!python) return;
    mount = createCredentialsMount();
    folder = await renderSkeleton(
      'backend-app-rds',
      skeletonValues({
        ...APP_FORM,
        databaseName: 'users_db',
        username: 'users_app_user',
      }),
    );
    rotated = await startRotatedDatabase();
    expect(await rotated.provision()).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await Promise.all(pods.map(pod => pod.terminate()));
    await rotated?.stop();
    mount?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const credentials = async (): Promise<Record<string, string>> => {
    const { username, password } = await rotated.read();
    const { host, port, caFile } = rotated.postgres;
    return {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: 'users_db',
      DB_USER: username,
      DB_PASS: password,
      DB_SSLROOTCERT: caFile,
    };
  };
  /** As the operator and the kubelet, an hour after a rotation. */
  const refreshMount = async () => mount.write(await credentials());
  const listLogins = async () => {
    const admin = await rotated.postgres.connectAsSuperuser();
    try {
      const { rows } = await admin.query(
        `SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'users_db' ORDER BY 1`,
      );
      return rows.map(({ usename }) => usename).join();
    } finally {
      await admin.end();
    }
  };

  itWhen(python !== undefined, 'Python with Flask, psycopg2 and gunicorn')(
    'three pods, a hundred requests a second, three rotations: not one request fails',
    async () => {
      await refreshMount();
      const env = {
        ...(await credentials()),
        DB_CREDS_DIR: mount.folder,
        // Each connection serves a moment only: the pods log in all the time.
        DB_CONNECTION_MAX_AGE: '0.05',
      };
      for (let count = 0; count < 3; count++)
        pods.push(await startApp(python!, folder, env));
      let next = 0;
      const load = startLoad(100, () => `${pods[next++ % 3].url}/`);
      const seen: string[] = [];
      for (let turn = 0; turn < 3; turn++) {
        if (turn === 0) await rotated.rotate();
        else await rotated.service.rotateDue();
        expect(rotated.reports).toHaveLength(turn + 1);
        expect(rotated.reports[turn]).not.toHaveProperty('failure');
        const sent = load.sent();
        await until(
          async () => load.sent() > sent + 100,
          'requests with the files of before',
        );
        rotated.clock.now += HOUR_MS;
        await refreshMount();
        const { username, password } = await rotated.read();
        seen.push(password);
        await until(
          async () => (await listLogins()) === username,
          `${username} alone to be logged in`,
        );
        rotated.clock.now += 31 * DAY_MS;
      }
      expect(await load.stop()).toEqual({ 200: load.sent() });
      expect(load.sent()).toBeGreaterThan(300);
      const printed = [...pods.map(pod => pod.output()), ...rotated.log].join();
      for (const password of seen) expect(printed).not.toContain(password);
    },
  );
});

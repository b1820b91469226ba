import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itWhen } from '../tests/support/needs';
import { findPython } from '../tests/support/python';
import { RunningApp, startApp } from '../tests/support/runApp';
import { appValues, renderSkeleton } from '../tests/support/skeleton';

// Debian's Flask and gunicorn stand in for the versions that the skeleton pins.
const python = findPython(['flask', 'gunicorn']);
const itWithPython = itWhen(
  python !== undefined,
  'Python with Flask and gunicorn',
);

const form = {
  component_id: 'price-calculator',
  owner: 'platform-team',
  environment: 'dev',
  description: '',
};

const running: RunningApp[] = [];
const rendered: string[] = [];
const render = async (name: string, component_id = form.component_id) => {
  const folder = await renderSkeleton(
    name,
    appValues({ ...form, component_id }),
  );
  rendered.push(folder);
  return folder;
};
const start = async (folder: string, env: Record<string, string> = {}) => {
  const app = await startApp(python!, folder, env);
  running.push(app);
  return app;
};
const run = (folder: string, module: string[]) => {
  const { stdout, stderr } = spawnSync(python!, ['-B', '-m', ...module], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return stdout + stderr;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map(app => app.terminate()));
  for (const folder of rendered.splice(0))
    rmSync(folder, { recursive: true, force: true });
});

describe.each(['stateless-app', 'stateful-app'])('%s', name => {
  itWithPython(
    'passes its own tests without pytest, as where a repo lists no tools for tests',
    async () => {
      const folder = await render(name);
      expect(run(folder, ['unittest', 'discover', 'tests'])).toMatch(
        /Ran \d+ tests .*\n\nOK/s,
      );
    },
  );

  // Flask looks for the files of the module that it is named after, and a built-in module has none.
  for (const id of ['counter', 'time', 'flask'])
    itWithPython(
      `passes them as ${id}, a name that Python or the app knows`,
      async () => {
        const folder = await render(name, id);
        expect(run(folder, ['unittest', 'discover', 'tests'])).toMatch(
          /Ran \d+ tests .*\n\nOK/s,
        );
      },
    );
});

describe('stateless-app under gunicorn', () => {
  itWithPython(
    'greets, is alive and ready, and ends by itself on SIGTERM',
    async () => {
      const app = await start(await render('stateless-app'));
      expect(await app.ask('/')).toEqual({
        status: 200,
        body: { message: 'Hello from price-calculator' },
      });
      expect((await app.ask('/ready')).status).toBe(200);
      expect(await app.terminate()).toBe(0);
      expect(
        app
          .log()
          .filter(({ message }) => message === 'request')
          .map(({ path }) => path),
      ).toEqual(['/']);
    },
  );
});

describe('stateful-app under gunicorn', () => {
  let volume: string;
  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'golden-path-volume-'));
  });
  afterEach(() => rmSync(volume, { recursive: true, force: true }));

  const count = async (app: RunningApp) => {
    const answer = await fetch(app.url, { method: 'POST' });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { count: number }).count;
  };

  itWithPython(
    'keeps every count that it answered when it is killed',
    async () => {
      const folder = await render('stateful-app');
      let last = 0;
      for (let round = 0; round < 3; round += 1) {
        const app = await start(folder, { DATA_DIR: volume });
        expect((await app.ask('/ready')).status).toBe(200);
        expect((await app.ask('/')).body.count).toBe(last);
        const answered: number[] = [];
        let sent = 0;
        // Four clients that don't stop: it is killed in the middle of writes.
        const clients = Array.from({ length: 4 }, async () => {
          for (;;) {
            sent += 1;
            answered.push(await count(app));
            if (answered.length === 40) await app.kill();
          }
        });
        await Promise.allSettled(clients);
        running.splice(running.indexOf(app), 1);
        const kept = Number(readFileSync(join(volume, 'count'), 'utf8'));
        expect(new Set(answered).size).toBe(answered.length);
        expect(answered.length).toBeGreaterThanOrEqual(40);
        expect(kept).toBeGreaterThanOrEqual(Math.max(...answered));
        expect(kept).toBeLessThanOrEqual(last + sent);
        last = kept;
      }
      const again = await start(folder, { DATA_DIR: volume });
      expect((await again.ask('/')).body.count).toBe(last);
      expect(await count(again)).toBe(last + 1);
    },
  );

  itWithPython(
    'is alive and not ready while its volume takes nothing, and again when it does',
    async () => {
      const folder = await render('stateful-app');
      const app = await start(folder, { DATA_DIR: join(volume, 'later') });
      expect(await app.ask('/ready')).toEqual({
        status: 503,
        body: {
          status: 'unavailable',
          reason: 'volume not writable: No such file or directory',
        },
      });
      expect((await app.ask('/health')).status).toBe(200);
      mkdirSync(join(volume, 'later'));
      expect((await app.ask('/ready')).status).toBe(200);
      expect(await count(app)).toBe(1);
      expect(readdirSync(join(volume, 'later')).sort()).toEqual([
        '.lock',
        'count',
      ]);
    },
  );
});

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child';
import { startChild } from './startChild';

const startShell = (script: string): Child =>
  startChild('sh', ['-c', script], {
    cwd: '/',
    env: { ...process.env, NAME: 'Ada' },
  });

const readAll = async (child: Child) => {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code, signal };
};

const parentOf = (pid: number): number =>
  Number(/PPid:\t(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const untilGone = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await sleep(20);
};

/** A child that waits for its input, and the process that started it. */
const startWaiting = async () => {
  const child = startChild('cat', [], { env: process.env });
  const [pid] = await once(child, 'start');
  return { child, pid: pid as number, starter: parentOf(pid) };
};

describe('startChild', () => {
  it.each([
    {
      reason: 'what it writes and its exit code',
      script: 'echo "$NAME in $(pwd)"; echo oh >&2; exit 3',
      end: { stdout: 'Ada in /\n', stderr: 'oh\n', code: 3, signal: null },
    },
    {
      reason: 'more than a pipe holds',
      script: 'head -c 300000 /dev/zero | tr "\\0" x',
      end: { stdout: 'x'.repeat(300_000), stderr: '', code: 0, signal: null },
    },
    {
      reason: 'a signal',
      script: 'kill -9 $$',
      end: { stdout: '', stderr: '', code: null, signal: 'SIGKILL' },
    },
  ])('tells $reason', async ({ script, end }) => {
    const child = startShell(script);
    child.stdin.end();
    expect(await readAll(child)).toEqual(end);
  });

  it('passes bytes in, and the end of them', async () => {
    const { child } = await startWaiting();
    child.stdin.write('é');
    child.stdin.end(Buffer.from('x'.repeat(300_000)));
    expect((await readAll(child)).stdout).toBe(`é${'x'.repeat(300_000)}`);
  });

  it('says why a program can not be started', async () => {
    const child = startChild('no-such-program', [], { env: process.env });
    const [error] = await once(child, 'error');
    expect(error).toMatchObject({
      code: 'ENOENT',
      message: 'spawn no-such-program ENOENT',
    });
  });

  it('sends a signal', async () => {
    const { child } = await startWaiting();
    child.kill();
    expect(await readAll(child)).toMatchObject({ signal: 'SIGTERM' });
  });

  it('closes a child only when all of its output was read', async () => {
    const child = startShell('echo last words');
    child.stdin.end();
    let isClosed = false;
    child.once('close', () => {
      isClosed = true;
    });
    await once(child, 'exit');
    await sleep(50);
    expect(isClosed).toBe(false);
    expect(await readAll(child)).toMatchObject({ stdout: 'last words\n' });
  });

  it('keeps one process that starts them, and fails what it started when that ends', async () => {
    const one = await startWaiting();
    const other = await startWaiting();
    expect(other.starter).toBe(one.starter);
    const failures = [one, other].map(({ child }) => once(child, 'error'));
    process.kill(one.starter, 'SIGKILL');
    for (const [{ message }] of await Promise.all(failures))
      expect(message).toBe('The process that starts others ended: SIGKILL');
    // Their input has ended.
    await Promise.all([untilGone(one.pid), untilGone(other.pid)]);

    const next = startShell('echo again');
    next.stdin.end();
    expect(await readAll(next)).toMatchObject({ stdout: 'again\n' });
  });

  it('leaves no process behind, nor keeps one from ending', async () => {
    const program = `
      const { startChild } = require(${JSON.stringify(
        require.resolve('./startChild.ts'),
      )});
      const child = startChild('cat', [], { env: process.env });
      child.once('start', pid => {
        const status = require('node:fs').readFileSync('/proc/' + pid + '/status', 'utf8');
        console.log(/PPid:\\t(\\d+)/.exec(status)[1]);
        child.stdin.end();
      });
      child.stdout.resume();
      child.stderr.resume();
    `;
    const transform = require.resolve(
      '@backstage/cli-node/config/nodeTransform.cjs',
    );
    const starter = execFileSync(
      process.execPath,
      ['--require', transform, '-e', program],
      {
        encoding: 'utf8',
      },
    );
    await untilGone(Number(starter));
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child';
import { createStarter, startChild } from './startChild';

const env = { ...process.env, NAME: 'Ada' };

const startShell = (script: string): Child =>
  startChild('sh', ['-c', script], { cwd: '/', env, stdin: 'ignore' });

const readAll = async (child: Child) => {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code, signal };
};

const failureOf = async (child: Child) => {
  const [error] = await once(child, 'error');
  return error;
};

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
};

const parentOf = (pid: number): number =>
  Number(/PPid:\t(\d+)/.exec(statusOf(pid))![1]);

/** A process that nobody has waited for yet is a zombie. */
const untilGone = async (pid: number): Promise<void> => {
  while (/State:\t[^ZX]/.test(statusOf(pid))) await sleep(20);
};

/** A child that waits for its input, and the process that started it. */
const startWaiting = async (start = startChild) => {
  const child = start('cat', [], { env });
  const [pid] = await once(child, 'spawn');
  return { child, pid: pid as number, starter: parentOf(pid) };
};

/** A program that imports the module, with the function and its variables. */
const programOf = (body: string): string[] => [
  ...[
    '--require',
    require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
  ],
  ...[
    '-e',
    `const { createStarter } = require(${JSON.stringify(
      require.resolve('./startChild.ts'),
    )});
    ${body}`,
  ],
];

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
    {
      reason: 'that it has no input',
      script: 'cat /dev/stdin',
      end: { stdout: '', stderr: '', code: 0, signal: null },
    },
  ])('tells $reason', async ({ script, end }) => {
    expect(await readAll(startShell(script))).toEqual(end);
  });

  it('passes bytes in, and the end of them', async () => {
    const { child } = await startWaiting();
    child.stdin.write('é');
    child.stdin.end(Buffer.from('x'.repeat(300_000)));
    expect((await readAll(child)).stdout).toBe(`é${'x'.repeat(300_000)}`);
  });

  it('lets a process end before it has read its input', async () => {
    const child = startChild('sh', ['-c', 'exit 4'], { env });
    child.stdin.end(Buffer.alloc(3_000_000));
    expect(await readAll(child)).toMatchObject({ code: 4 });
  });

  it('sends a signal', async () => {
    const { child } = await startWaiting();
    child.kill();
    expect(await readAll(child)).toMatchObject({ signal: 'SIGTERM' });
  });

  it.each([
    {
      reason: 'is no program',
      file: 'no-such-program',
      args: [],
      error: { code: 'ENOENT', message: 'spawn no-such-program ENOENT' },
    },
    {
      reason: 'has an argument longer than the system takes',
      file: 'echo',
      args: ['x'.repeat(200_000)],
      error: { code: 'E2BIG', message: 'spawn E2BIG' },
    },
    {
      reason: 'has an argument with a NUL',
      file: 'echo',
      args: ['\0'],
      error: { code: 'ERR_INVALID_ARG_VALUE' },
    },
  ])('fails alone what $reason', async ({ file, args, error }) => {
    const other = await startWaiting();
    expect(await failureOf(startChild(file, args, { env }))).toMatchObject(
      error,
    );
    other.child.stdin.end('still here');
    expect(await readAll(other.child)).toMatchObject({ stdout: 'still here' });
  });

  it('holds a process whose output nobody takes, and no other', async () => {
    const child = startShell('head -c 30000000 /dev/zero');
    child.stderr.resume();
    child.stdout.once('data', () => child.stdout.pause());
    await once(child.stdout, 'pause');
    for (let others = 0; others < 5; others += 1)
      expect(await readAll(startShell('echo done'))).toMatchObject({
        stdout: 'done\n',
      });
    expect(child.stdout.readableLength).toBeLessThan(1_000_000);
    let length = 0;
    child.stdout.on('data', chunk => {
      length += chunk.length;
    });
    child.stdout.resume();
    await once(child, 'close');
    expect(length).toBeGreaterThan(29_000_000);
  });

  it('closes a child only when all of its output was read', async () => {
    const child = new Child(() => undefined);
    let isClosed = false;
    const closed = once(child, 'close').then(() => {
      isClosed = true;
    });
    child.take({ stdout: Buffer.from('last words') });
    child.take({ exit: [0, null] });
    child.take({ isClosed: true });
    child.stderr.resume();
    await once(child.stderr, 'end');
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    expect(await text(child.stdout)).toBe('last words');
    await closed;
  });

  it('starts all from one process', async () => {
    const one = await startWaiting();
    const other = await startWaiting();
    expect(other.starter).toBe(one.starter);
    for (const { child } of [one, other]) {
      child.stdin.end();
      await readAll(child);
    }
  });

  it('fails what it has started when that process is killed, and starts another', async () => {
    const running = [await startWaiting(), await startWaiting()];
    const failures = running.map(({ child }) => failureOf(child));
    process.kill(running[0].starter, 'SIGKILL');
    for (const { message } of await Promise.all(failures))
      expect(message).toBe('The process that starts others ended: SIGKILL');
    // Their input has ended.
    for (const { pid } of running) await untilGone(pid);
    expect(await readAll(startShell('echo again'))).toMatchObject({
      stdout: 'again\n',
    });
  });

  it('ends that process when it is not used', async () => {
    const { start } = createStarter(0);
    for (let round = 0; round < 2; round += 1) {
      const { child, starter } = await startWaiting(start);
      child.stdin.end();
      await readAll(child);
      await untilGone(starter);
    }
  });

  it('ends it when asked to, unless it has work', async () => {
    const { start, stop } = createStarter();
    await stop();
    const { child, starter } = await startWaiting(start);
    await stop();
    child.stdin.end();
    expect(await readAll(child)).toMatchObject({ code: 0 });
    await stop();
    expect(statusOf(starter)).toBe('');
  });

  it('keeps no program from ending', () => {
    const said = execFileSync(
      process.execPath,
      programOf(`
        const child = createStarter(2 ** 31 - 1).start('echo', ['hello'], { env: process.env });
        child.stdout.pipe(process.stdout);
        child.stderr.resume();`),
      { encoding: 'utf8', timeout: 1_200_000 },
    );
    expect(said).toBe('hello\n');
  });

  it('leaves nothing behind when the program is killed', async () => {
    const program = spawn(
      process.execPath,
      programOf(`
        const child = createStarter().start('sleep', ['100000'], { env: process.env });
        child.once('spawn', pid => console.log(pid));`),
    );
    const [pid] = await once(program.stdout, 'data');
    const starter = parentOf(Number(pid));
    program.kill('SIGKILL');
    await untilGone(starter);
    await untilGone(Number(pid));
  });
});

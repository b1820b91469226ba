/**
 * Starts processes for the process that forked this one, and tells it about them (src/children/startChild.ts). Ends with it,
 * and ends those that have no process group of their own.
 */
const { spawn } = require('node:child_process');

const running = new Map();

const tell = (message, done) => {
  if (process.connected) process.send(message, () => done?.());
};

const fail = (id, { message, code }) => {
  if (running.delete(id))
    tell({ id, error: { message, code }, isClosed: true });
};

const start = (id, { file, args, options }) => {
  running.set(id, undefined);
  let child;
  try {
    child = spawn(file, args, options);
  } catch (error) {
    // Too many arguments, or a NUL among them.
    fail(id, error);
    return;
  }
  child.isDetached = options.detached;
  running.set(id, child);
  if (child.pid !== undefined) tell({ id, pid: child.pid });
  child.on('error', error => {
    if (child.pid === undefined) fail(id, error);
  });
  child.once('exit', (code, signal) => {
    if (running.has(id)) tell({ id, exit: [code, signal] });
  });
  child.once('close', () => {
    if (running.delete(id)) tell({ id, isClosed: true });
  });
  for (const name of ['stdout', 'stderr'])
    child[name]?.on('data', chunk => {
      // Others' news must not wait behind all that this one has to say.
      child[name].pause();
      tell({ id, [name]: chunk }, () => {
        if (!child[name].isHeld) child[name].resume();
      });
    });
  // A process that ends early leaves a closed pipe; its exit code says why.
  child.stdin?.on('error', () => undefined);
};

process.on('message', ({ id, command, ...orders }) => {
  if (command) start(id, command);
  const child = running.get(id);
  if (!child) return;
  const { input, isInputOver, hold, release, signal } = orders;
  if (input) child.stdin.write(input, () => tell({ id, isInputTaken: true }));
  if (isInputOver) child.stdin.end();
  if (hold) {
    child[hold].isHeld = true;
    child[hold].pause();
  }
  if (release) {
    child[release].isHeld = false;
    child[release].resume();
  }
  if (signal) child.kill(signal);
});
process.once('disconnect', () => {
  for (const child of running.values())
    if (child && !child.isDetached) child.kill();
  process.exit();
});

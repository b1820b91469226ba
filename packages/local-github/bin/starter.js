/**
 * Starts processes for the process that forked this one, and tells it about them (src/children/starter.ts). Ends with it.
 */
const { spawn } = require('node:child_process');

const children = new Map();

const tell = message => {
  if (process.connected) process.send(message, () => undefined);
};

const start = (id, { file, args, options }) => {
  const child = spawn(file, args, { ...options, stdio: 'pipe' });
  children.set(id, child);
  if (child.pid !== undefined) tell({ id, pid: child.pid });
  child.once('error', ({ message, code }) =>
    tell({ id, error: { message, code } }),
  );
  child.once('exit', (code, signal) => tell({ id, exit: [code, signal] }));
  child.once('close', () => {
    children.delete(id);
    tell({ id, isClosed: true });
  });
  for (const name of ['stdout', 'stderr'])
    child[name].on('data', chunk => tell({ id, [name]: chunk }));
  // A process that ends early leaves a closed pipe; its exit code says why.
  child.stdin.on('error', () => undefined);
};

process.on('message', ({ id, command, input, isInputOver, signal }) => {
  if (command) start(id, command);
  const child = children.get(id);
  if (input) child?.stdin.write(input);
  if (isInputOver) child?.stdin.end();
  if (signal) child?.kill(signal);
});
process.once('disconnect', () => process.exit());

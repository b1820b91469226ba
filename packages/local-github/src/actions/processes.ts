import { readdir, readFile } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../children/startChild';

/** A command and where it runs. Its environment is exactly `env`. */
export interface ProcessSpec {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Called for every line of stdout and stderr. */
  onLine(line: string): void;
  /** Ends the process and everything it started, with time to clean up. */
  signal: AbortSignal;
  /** The same with little time: the platform itself is going down. */
  urgent: AbortSignal;
}

/** How long a process may take after each signal, in milliseconds: GitHub's runner waits as long. */
const GRACE = { SIGINT: 7_500, SIGTERM: 2_500, SIGKILL: 0 };
/** How long output may keep coming from what a finished process left in the background. */
const OUTPUT_GRACE = 500;

/**
 * The processes of one job. Each starts as the leader of a process group of its own; what it leaves in the background lives
 * until the job ends, as on GitHub.
 */
export class JobProcesses {
  private readonly groups = new Set<number>();

  /** @param trackingId - unique value of RUNNER_TRACKING_ID in every environment of this job */
  constructor(private readonly trackingId: string) {}

  /** Runs a command to its end. @returns its exit code; 128 + n after signal n; 127 where it can't be started */
  async run(spec: ProcessSpec): Promise<number> {
    if (spec.signal.aborted) return 130;
    const child = startChild(spec.file, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env, RUNNER_TRACKING_ID: this.trackingId },
      detached: true,
      stdin: 'ignore',
    });
    const flush = [child.stdout, child.stderr].map(stream => {
      const lines = new LineSplitter(spec.onLine);
      stream.on('data', chunk => lines.write(chunk));
      return () => lines.end();
    });
    const closed = new Promise<void>(resolve =>
      child.once('close', () => resolve()),
    );
    let isStarted = false;
    const exited = new Promise<number>(resolve => {
      child.once('error', ({ message }) => {
        spec.onLine(
          isStarted
            ? `##[error]${message}`
            : `##[error]${spec.file} can't be started: ${message}`,
        );
        resolve(127);
      });
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 9)),
      );
    });
    const group = await new Promise<number | undefined>(resolve => {
      child.once('spawn', resolve);
      child.once('error', () => resolve(undefined));
    });
    if (group === undefined) return exited;
    isStarted = true;
    this.groups.add(group);
    const ended = new AbortController();
    const interrupt = () =>
      endGroup(group, ['SIGINT', 'SIGTERM', 'SIGKILL'], ended.signal);
    const terminate = () =>
      endGroup(group, ['SIGTERM', 'SIGKILL'], ended.signal);
    const options = { once: true, signal: ended.signal };
    const stop = () => (spec.urgent.aborted ? terminate() : interrupt());
    if (spec.signal.aborted) void stop();
    spec.signal.addEventListener('abort', stop, options);
    spec.urgent.addEventListener('abort', terminate, options);
    const exitCode = await exited;
    ended.abort();
    if (spec.signal.aborted) signalGroup(group, 'SIGKILL');
    await Promise.race([closed, sleep(OUTPUT_GRACE)]);
    flush.forEach(end => end());
    return exitCode;
  }

  /** Ends whatever the job's processes left behind, in their groups or out of them. @returns how many were found */
  async endAll(): Promise<number> {
    let found = 0;
    for (const group of this.groups) signalGroup(group, 'SIGKILL');
    this.groups.clear();
    // A process may have left its group (setsid); its environment still tells. Those may be starting others: look again.
    for (let round = 0; round < 50; round++) {
      const pids = await findProcesses(`RUNNER_TRACKING_ID=${this.trackingId}`);
      if (pids.length === 0) break;
      found = Math.max(found, pids.length);
      for (const pid of pids) send(pid, 'SIGKILL');
      await sleep(20);
    }
    return found;
  }
}

/** Sends one signal after the other, each with its grace, until the group's leader has ended. */
const endGroup = async (
  group: number,
  signals: Array<keyof typeof GRACE>,
  ended: AbortSignal,
): Promise<void> => {
  try {
    for (const name of signals) {
      signalGroup(group, name);
      await sleep(GRACE[name], undefined, { signal: ended });
    }
  } catch {
    // It has ended.
  }
};

const signalGroup = (group: number, name: NodeJS.Signals): void => {
  send(-group, name);
};

const send = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
};

/** Processes of ours with this entry in their environment; none where the system has no /proc. */
const findProcesses = async (entry: string): Promise<number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter(name =>
    /^\d+$/.test(name),
  );
  const found = await Promise.all(
    pids.map(async pid => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(
        () => '',
      );
      return environment.split('\0').includes(entry) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
};

class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private ended = false;

  constructor(private readonly onLine: (line: string) => void) {}

  write(chunk: Buffer): void {
    if (this.ended) return;
    const lines = (this.rest + this.decoder.write(chunk)).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line.replace(/\r$/, ''));
  }

  end(): void {
    if (this.ended) return;
    this.rest += this.decoder.end();
    this.ended = true;
    if (this.rest !== '') this.onLine(this.rest.replace(/\r$/, ''));
  }
}

import { join, resolve } from 'node:path';
import { readPorts, UsageError } from './ports';
import { Platform, startPlatform } from './platform';

/**
 * The local platform as a program: starts everything, prints the addresses, and stops everything on Ctrl-C.
 * `root` is the workspace. Exits with 0 after a stop, with 1 and one line when the start fails.
 */
export const main = async (root: string): Promise<void> => {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  let platform: Platform | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (code: number) => {
    stopping ??= (async () => {
      await platform?.stop();
      print(
        'Stopped. Repositories, databases and secrets are kept for the next `make start`.',
      );
      process.exit(code);
    })().catch(error => {
      process.stderr.write(`${error?.stack ?? error}\n`);
      process.exit(1);
    });
    return stopping;
  };
  // A signal during the start takes effect when the current part has started: no process may be left behind.
  let wanted: boolean = false;
  const onSignal = () => {
    if (!wanted) print('\nStopping …');
    wanted = true;
    if (platform) void stop(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, onSignal);

  try {
    const ports = readPorts(process.env);
    platform = await startPlatform({
      root,
      stateDir: resolve(
        process.env.GOLDENPATH_STATE_DIR ?? join(root, '.local'),
      ),
      ports,
      log: print,
      isStopWanted: () => wanted,
    });
    if (wanted) return await stop(0);
    const { urls } = platform;
    print('');
    print(
      `  Backstage        ${urls.backstage}/create   enter as a guest and fill in the form`,
    );
    print(`  GitHub           ${urls.github}/acme/platform-infra`);
    print(`  Secrets Manager  ${urls.secretsManager}`);
    print(`  PostgreSQL       localhost:${ports.postgres}`);
    print('');
    print(
      `Ready. Logs and state are in ${platform.stateDir}. Ctrl-C stops everything.`,
    );
    void platform.backstageEnded.then(() => {
      if (stopping || wanted) return;
      process.stderr.write(
        `Backstage ended by itself. The reason is at the end of ${
          platform!.stateDir
        }/backstage.log.\n`,
      );
      void stop(1);
    });
  } catch (error) {
    const isUsers = error instanceof UsageError;
    process.stderr.write(
      `${isUsers ? error.message : (error as Error).stack ?? error}\n`,
    );
    process.exit(1);
  }
  return undefined;
};

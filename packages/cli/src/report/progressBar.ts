import type * as CliProgress from 'cli-progress';

/** Loaded where somebody watches: most runs do without. */
const cliProgress = (): typeof CliProgress => require('cli-progress');

export interface ProgressBar {
  update(done: number, underway: readonly string[]): void;
  /** A line above the bar. */
  log(line: string): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/** A bar in the last line of a terminal. It leaves nothing behind: no hidden cursor, no line that is not ours. */
export const startProgressBar = (
  stream: NodeJS.WriteStream,
  words: string,
  total: number,
): ProgressBar => {
  const { Format, MultiBar } = cliProgress();
  const bars = new MultiBar({
    stream,
    clearOnComplete: true,
    // Anything that is turned off would stay off where the process is killed.
    linewrap: true,
    hideCursor: false,
    barsize: 24,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    etaBuffer: 50,
    format: (options, { progress, value, eta }, { underway }) =>
      [
        `${words} [${Format.BarFormat(progress, options)}] ${value}/${total}`,
        ...(Number.isFinite(eta) && value > 0 ? [`${eta} s left`] : []),
        ...(underway.length > 0 ? [underway.join(', ')] : []),
      ]
        .join('  ')
        // A line that wraps would be left behind.
        .slice(0, Math.max(1, stream.columns - 1)),
  });
  const bar = bars.create(total, 0, { underway: [] });
  return {
    update: (done, underway) => bar.update(done, { underway }),
    log: line => bars.log(`${line}\n`),
    stop: () => {
      // What was logged is written with the next picture.
      bars.update();
      bars.stop();
    },
  };
};

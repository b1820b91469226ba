import type * as CliProgress from 'cli-progress';

/** Loaded on first use, because most runs show no progress bar. */
const cliProgress = (): typeof CliProgress => require('cli-progress');

export interface ProgressBar {
  update(done: number, underway: readonly string[]): void;
  /** Prints a line above the bar. */
  log(line: string): void;
  /** Removes the bar from the screen. */
  stop(): void;
}

/** Shows a bar in the last line of a terminal. It changes no terminal setting, so a killed process leaves none behind. */
export const startProgressBar = (
  stream: NodeJS.WriteStream,
  words: string,
  total: number,
): ProgressBar => {
  const { Format, MultiBar } = cliProgress();
  const bars = new MultiBar({
    stream,
    clearOnComplete: true,
    // A setting that the bar turns off would stay off if the process is killed.
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
        // The bar can't erase a line that wraps.
        .slice(0, Math.max(1, stream.columns - 1)),
  });
  const bar = bars.create(total, 0, { underway: [] });
  return {
    update: (done, underway) => bar.update(done, { underway }),
    log: line => bars.log(`${line}\n`),
    stop: () => {
      // The next redraw writes the logged lines.
      bars.update();
      bars.stop();
    },
  };
};

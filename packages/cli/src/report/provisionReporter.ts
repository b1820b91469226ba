import type { ProvisionEvent } from '@goldenpath/plugin-golden-path-node';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';
import { ProgressBar, startProgressBar } from './progressBar';
import { formatSummaryTable, TABLE_COLUMNS } from './summaryTable';

export interface Reporter {
  report(event: ProvisionEvent): void;
  /** Removes the progress bar, also after an error. */
  end(): void;
}

/** Reports a run: as JSON events, with a progress bar on an interactive terminal, else as lines. */
export const createProvisionReporter = (
  terminal: Terminal,
  options: { isJson: boolean },
): Reporter => {
  if (options.isJson) return createJsonReporter(terminal);
  return terminal.watched
    ? createBarReporter(terminal, terminal.watched)
    : { report: event => printLines(terminal, event), end: () => undefined };
};

/** Plan and summary go to stdout, progress and notes to stderr. */
const printLines = (terminal: Terminal, event: ProvisionEvent): void => {
  const { out, err } = terminal;
  const isResult = event.type === 'plan' || event.type === 'summary';
  for (const line of formatEvent(terminal, event)) (isResult ? out : err)(line);
};

const formatEvent = (
  { columns }: Terminal,
  event: ProvisionEvent,
): string[] => {
  const { needsSummaryRow, printClosing, printEvent, escapeControlCharacters } =
    loadNode();
  if (event.type !== 'summary' || !columns || columns < TABLE_COLUMNS)
    return printEvent(event);
  const shown = event.databases.filter(needsSummaryRow);
  return [
    ...(shown.length > 0
      ? formatSummaryTable(shown).map(escapeControlCharacters)
      : []),
    ...printClosing(event),
  ];
};

/** JSON progress events: the first and the last of each phase, and at most one per second in between. */
const PROGRESS_MS = 1000;

const createJsonReporter = ({ out, now }: Terminal): Reporter => {
  let phase = '';
  let reportedAt = 0;
  const isDue = (event: ProvisionEvent): boolean => {
    if (event.type !== 'progress') return true;
    const time = now().getTime();
    const isEdge = event.phase !== phase || event.done === event.total;
    if (!isEdge && time - reportedAt < PROGRESS_MS) return false;
    phase = event.phase;
    reportedAt = time;
    return true;
  };
  return {
    report: event => {
      if (isDue(event)) out(JSON.stringify(event));
    },
    end: () => undefined,
  };
};

const createBarReporter = (
  terminal: Terminal,
  stream: NodeJS.WriteStream,
): Reporter => {
  let bar: ProgressBar | undefined;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    report: event => {
      if (event.type === 'progress') {
        const { done, total, phase, underway } = event;
        bar ??= startProgressBar(stream, loadNode().PHASE_WORDS[phase], total);
        bar.update(done, underway);
        if (done === total) end();
      } else if (event.type === 'change' && bar) {
        // The plan lists all changes and the bar counts them, so only a failed one is printed.
        if (event.status === 'failed')
          for (const line of loadNode().printEvent(event)) bar.log(line);
      } else {
        end();
        printLines(terminal, event);
      }
    },
    end,
  };
};

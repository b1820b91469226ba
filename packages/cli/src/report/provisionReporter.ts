import type { ProvisionEvent } from '@goldenpath/plugin-golden-path-node';
import { node } from '../node';
import type { Terminal } from '../terminal';
import { ProgressBar, startProgressBar } from './progressBar';
import { summaryTable, TABLE_COLUMNS } from './summaryTable';

export interface Reporter {
  report(event: ProvisionEvent): void;
  /** Leaves the terminal as it was, however the run ended. */
  end(): void;
}

/** Shows a run: as events for programs, with a bar for whoever watches, else as lines. */
export const provisionReporter = (
  terminal: Terminal,
  options: { isJson: boolean },
): Reporter => {
  if (options.isJson) return jsonReporter(terminal);
  return terminal.watched
    ? barReporter(terminal, terminal.watched)
    : { report: event => printLines(terminal, event), end: () => undefined };
};

/** The plan and the summary are what was asked for; the rest is what goes on meanwhile. */
const printLines = (terminal: Terminal, event: ProvisionEvent): void => {
  const { out, err } = terminal;
  const isAsked = event.type === 'plan' || event.type === 'summary';
  for (const line of linesOf(terminal, event)) (isAsked ? out : err)(line);
};

const linesOf = ({ columns }: Terminal, event: ProvisionEvent): string[] => {
  const { needsSummaryRow, printClosing, printEvent, escapeControlCharacters } =
    node();
  if (event.type !== 'summary' || !columns || columns < TABLE_COLUMNS)
    return printEvent(event);
  const shown = event.databases.filter(needsSummaryRow);
  return [
    ...(shown.length > 0
      ? summaryTable(shown).map(escapeControlCharacters)
      : []),
    ...printClosing(event),
  ];
};

/** Programs are told of progress once a second, and how each phase begins and ends. */
const PROGRESS_MS = 1000;

const jsonReporter = ({ out, now }: Terminal): Reporter => {
  let phase = '';
  let toldAt = 0;
  const isDue = (event: ProvisionEvent): boolean => {
    if (event.type !== 'progress') return true;
    const time = now().getTime();
    const isEdge = event.phase !== phase || event.done === event.total;
    if (!isEdge && time - toldAt < PROGRESS_MS) return false;
    phase = event.phase;
    toldAt = time;
    return true;
  };
  return {
    report: event => {
      if (isDue(event)) out(JSON.stringify(event));
    },
    end: () => undefined,
  };
};

const barReporter = (
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
        bar ??= startProgressBar(stream, node().PHASE_WORDS[phase], total);
        bar.update(done, underway);
        if (done === total) end();
      } else if (event.type === 'change' && bar) {
        // The plan has named them all, and the bar counts: only what failed is news.
        if (event.status === 'failed')
          for (const line of node().printEvent(event)) bar.log(line);
      } else {
        end();
        printLines(terminal, event);
      }
    },
    end,
  };
};

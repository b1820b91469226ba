/** Where things are found. */
export class Urls {
  readonly api: string;
  readonly raw: string;

  /** @param server - for instance `http://localhost:7010` */
  constructor(readonly server: string) {
    this.api = `${server}/api/v3`;
    this.raw = `${server}/raw`;
  }

  toPage = (...parts: Array<string | number>): string =>
    [this.server, ...parts.map(encodePath)].join('/');

  toRest = (...parts: Array<string | number>): string =>
    [this.api, ...parts.map(encodePath)].join('/');
}

/** The parts of the path of a job's page, below its repository. */
export const listJobParts = (runId: number, jobId: number) =>
  ['actions', 'runs', runId, 'job', jobId] as const;

/** Slashes of branch names and file paths stay, as GitHub's own links have them. */
export const encodePath = (part: string | number): string =>
  IS_PLAIN.test(String(part))
    ? String(part)
    : String(part).split('/').map(encodeURIComponent).join('/');

const IS_PLAIN = /^[\w.~/-]*$/;

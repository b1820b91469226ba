import type { ObservedSetting } from './undeclared';

type Value = Pick<ObservedSetting, 'value'> &
  Partial<Pick<ObservedSetting, 'deniedTo'>>;

const isOn: Judge = ({ value }) =>
  /^(on|tr?u?e?|ye?s?|1)$/i.test(value.trim())
    ? 'its sessions reject every change'
    : undefined;

/** Shortest timeout with which an app works, in ms. */
const SHORTEST_TIMEOUT_MS = 1000;

const isTooShort: Judge = ({ value }) => {
  const ms = parseMilliseconds(value);
  return ms !== undefined && ms > 0 && ms < SHORTEST_TIMEOUT_MS
    ? 'less than a second'
    : undefined;
};

/** Whose sessions they are, and what was seen inside the database. */
export interface SessionOf {
  username: string;
  /** Schemas in which the role may create; undefined if nobody looked. */
  creatable?: readonly string[];
  /** Whether its login failed for a library that it loads. */
  missesLibrary?: boolean;
}

/** Explains why a value keeps an app from working; undefined if it doesn't. */
type Judge = (setting: Value, session: SessionOf) => string | undefined;

const hasNoPlace: Judge = ({ value }, { username, creatable }) => {
  const schemas = parseSearchPath(value).map(name =>
    name === '$user' ? username : name,
  );
  const named = schemas.filter(name => name !== '');
  const usable = creatable
    ? named.filter(name => creatable.includes(name))
    : named;
  return usable.length === 0
    ? `${username} can create nothing in any schema of it`
    : undefined;
};

const loadsMissing: Judge = ({ value }, { missesLibrary }) =>
  missesLibrary && value.trim() !== ''
    ? 'a library that its sessions load is missing'
    : undefined;

/** Settings with which an app can't work (PostgreSQL docs, chapter 20). All others are only told. */
const JUDGES: Record<string, Judge> = {
  default_transaction_read_only: isOn,
  statement_timeout: isTooShort,
  transaction_timeout: isTooShort,
  idle_in_transaction_session_timeout: isTooShort,
  idle_session_timeout: isTooShort,
  role: ({ value }, { username }) =>
    ['none', username].includes(value)
      ? undefined
      : 'its sessions become another role',
  session_authorization: ({ value }, { username }) =>
    ['default', username].includes(value)
      ? undefined
      : 'its sessions become another role',
  session_replication_role: ({ value }) =>
    value === 'replica'
      ? 'its triggers and foreign keys are not enforced'
      : undefined,
  restrict_nonsystem_relation_kind: ({ value }) =>
    value.trim() === ''
      ? undefined
      : 'its sessions reject views or foreign tables',
  exit_on_error: (setting, session) =>
    isOn(setting, session) && 'every error ends the session',
  search_path: hasNoPlace,
  session_preload_libraries: loadsMissing,
  local_preload_libraries: loadsMissing,
  default_tablespace: ({ deniedTo = [] }, { username }) =>
    deniedTo.includes(username)
      ? `${username} may not create anything in that tablespace`
      : undefined,
};

/** Only of a role or a database. Where the instance loads a missing library, the master can't log in either. */
const NEVER_THE_INSTANCES = [
  'role',
  'session_authorization',
  'session_preload_libraries',
  'local_preload_libraries',
];

/** Settings that the instance may have for every role, too. */
export const INSTANCE_SETTINGS = Object.keys(JUDGES).filter(
  name => !NEVER_THE_INSTANCES.includes(name),
);

export const explainHarm = (
  setting: Value & { name: string },
  session: SessionOf,
): string | undefined => JUDGES[setting.name]?.(setting, session);

/** Milliseconds of one unit (PostgreSQL docs, 20.1.1). */
const UNITS: Record<string, number> = {
  us: 0.001,
  '': 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses a timeout as PostgreSQL does: milliseconds unless it has a unit. */
const parseMilliseconds = (text: string): number | undefined => {
  const match =
    /^\s*(0x[0-9a-f]+|[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*([a-z]*)\s*$/i.exec(
      text,
    );
  const unit = match ? UNITS[match[2]] : undefined;
  return match && unit !== undefined
    ? // The server rounds to whole milliseconds: 0.4 ms is no timeout.
      Math.round(Number(match[1]) * unit)
    : undefined;
};

/** Parses a search_path to schema names; `$user` stays as it is. */
const parseSearchPath = (value: string): string[] =>
  [...value.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain.toLowerCase() : quoted.replace(/""/g, '"'),
  );

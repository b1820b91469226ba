import {
  STATUS_PROBLEMS,
  STATUS_STEPS,
  type StatusProblem,
  type StatusStep,
} from '@goldenpath/plugin-golden-path-common';

/** What a database's status is called in the list: that nothing declares it, or its problem if it has one, else its last step. */
export type ListStatus = StatusStep | StatusProblem | 'undeclared';
export const LIST_STATUSES: readonly ListStatus[] = [
  ...STATUS_PROBLEMS,
  ...STATUS_STEPS,
  'undeclared',
];

export const SORT_COLUMNS = [
  'database',
  'environment',
  'component',
  'owner',
  'status',
  'at',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** What the page shows of its databases. All of it is in the address. */
export interface ListState {
  text: string;
  /** Empty: all. So for owner and status. */
  environment: string;
  /** Entity reference. */
  owner: string;
  status: ListStatus | '';
  sort: { column: SortColumn; direction: 'ascending' | 'descending' };
  /** The first is 1. */
  page: number;
}

/** The last change first. */
export const EMPTY_LIST_STATE: ListState = {
  text: '',
  environment: '',
  owner: '',
  status: '',
  sort: { column: 'at', direction: 'descending' },
  page: 1,
};

/** The query of the page's address, without what is default. */
export const printListState = (state: ListState): URLSearchParams => {
  const query = new URLSearchParams();
  for (const name of ['text', 'environment', 'owner', 'status'] as const)
    if (state[name]) query.set(name, state[name]);
  const sort = printSort(state.sort);
  if (sort !== printSort(EMPTY_LIST_STATE.sort)) query.set('sort', sort);
  if (state.page > 1) query.set('page', String(state.page));
  return query;
};

const printSort = ({ column, direction }: ListState['sort']) =>
  direction === 'descending' ? `-${column}` : column;

/** Reads any address: what is unknown or invalid is as if it weren't there. */
export const parseListState = (query: URLSearchParams): ListState => {
  const status = query.get('status') ?? '';
  const page = query.get('page') ?? '';
  return {
    text: query.get('text') ?? '',
    environment: query.get('environment') ?? '',
    owner: query.get('owner') ?? '',
    status: LIST_STATUSES.find(known => known === status) ?? '',
    sort: parseSort(query.get('sort') ?? ''),
    page: /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
  };
};

const parseSort = (text: string): ListState['sort'] => {
  const column = SORT_COLUMNS.find(known => known === text.replace(/^-/, ''));
  if (!column) return EMPTY_LIST_STATE.sort;
  return {
    column,
    direction: text.startsWith('-') ? 'descending' : 'ascending',
  };
};

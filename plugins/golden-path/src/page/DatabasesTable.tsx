import { useMemo, type CSSProperties, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, Table, type ColumnConfig } from '@backstage/ui';
import { shortName } from '../status/EntityLink';
import { LongName } from '../status/LongName';
import { StatusMark } from '../status/StatusMark';
import { Time } from '../status/Time';
import { goldenPathTranslationRef } from '../translation';
import { nextOf, type DatabaseRow } from './databaseRows';
import { SORT_COLUMNS, type ListState } from './listState';
import { useDatabaseHref } from './useDatabaseHref';
import { useStatusLabel } from './useStatusLabel';

const PAGE_SIZE = 25;
const NAME: CSSProperties = { overflowWrap: 'anywhere' };
const STATUS: CSSProperties = {
  display: 'flex',
  alignItems: 'center',
  gap: 'var(--bui-space-2)',
};

/** One page of the rows. A row leads to the entity's page, or to ours while the catalog has no entity. */
export const DatabasesTable = ({
  rows,
  state,
  change,
  emptyState,
}: {
  /** Undefined while the first ones are loading. */
  rows: DatabaseRow[] | undefined;
  state: ListState;
  change(part: Partial<ListState>): void;
  emptyState: ReactNode;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const columnConfig = useColumns();
  const hrefOf = useDatabaseHref();
  const total = rows?.length ?? 0;
  const page = Math.min(state.page, Math.max(1, Math.ceil(total / PAGE_SIZE)));
  const offset = (page - 1) * PAGE_SIZE;
  return (
    <Table
      columnConfig={columnConfig}
      data={rows?.slice(offset, offset + PAGE_SIZE)}
      isPending={!rows}
      emptyState={emptyState}
      rowConfig={{ getHref: ({ database }) => hrefOf(database) }}
      sort={{
        descriptor: state.sort,
        onSortChange: ({ column, direction }) => {
          const known = SORT_COLUMNS.find(name => name === column);
          if (known) change({ sort: { column: known, direction } });
        },
      }}
      pagination={{
        type: 'page',
        pageSize: PAGE_SIZE,
        pageSizeOptions: [PAGE_SIZE],
        showPageSizeOptions: false,
        offset,
        totalCount: total,
        hasPreviousPage: page > 1,
        hasNextPage: offset + PAGE_SIZE < total,
        onPreviousPage: () => change({ page: page - 1 }),
        onNextPage: () => change({ page: page + 1 }),
        getLabel: () =>
          t('page.range', {
            from: String(total ? offset + 1 : 0),
            to: String(Math.min(offset + PAGE_SIZE, total)),
            total: String(total),
          }),
      }}
    />
  );
};

/** A name that may be long. Cheaper than CellText, which would cut it. */
const NameCell = ({ name }: { name: string }) => (
  <Cell style={NAME}>
    <LongName name={name} />
  </Cell>
);

/** Together the least widths fit beside the sidebar of a window of 1280 px; a narrower table scrolls within its box. */
const useColumns = (): ColumnConfig<DatabaseRow>[] => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const statusLabel = useStatusLabel();
  return useMemo(
    () => [
      {
        id: 'database',
        label: t('page.column.database'),
        defaultWidth: '2fr',
        minWidth: 140,
        isRowHeader: true,
        isSortable: true,
        cell: ({ database }) => <NameCell name={database.databaseName} />,
      },
      {
        id: 'environment',
        label: t('page.column.environment'),
        defaultWidth: '1.5fr',
        minWidth: 148,
        isSortable: true,
        cell: ({ database }) => <NameCell name={database.environment} />,
      },
      {
        id: 'component',
        label: t('page.column.component'),
        defaultWidth: '1.6fr',
        minWidth: 110,
        isSortable: true,
        cell: ({ database }) => <NameCell name={database.component} />,
      },
      {
        id: 'owner',
        label: t('page.column.owner'),
        defaultWidth: '1.5fr',
        minWidth: 110,
        isSortable: true,
        cell: ({ database }) => (
          <NameCell name={shortName(database.ownerRef)} />
        ),
      },
      {
        id: 'status',
        label: t('page.column.status'),
        defaultWidth: '1.9fr',
        minWidth: 130,
        isSortable: true,
        cell: ({ status }) => (
          <Cell>
            <span style={STATUS}>
              <StatusMark status={status} />
              {statusLabel(status)}
            </span>
          </Cell>
        ),
      },
      {
        id: 'next',
        label: t('page.column.next'),
        defaultWidth: '2.4fr',
        minWidth: 150,
        cell: ({ database }) => (
          <Cell>{t(`page.next.${nextOf(database)}`)}</Cell>
        ),
      },
      {
        id: 'at',
        label: t('page.column.at'),
        defaultWidth: '1.7fr',
        minWidth: 140,
        isSortable: true,
        cell: ({ database }) => (
          <Cell>{database.at && <Time at={database.at} />}</Cell>
        ),
      },
    ],
    [t, statusLabel],
  );
};

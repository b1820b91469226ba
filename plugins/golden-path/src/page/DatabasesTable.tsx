import { useMemo, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Cell, CellText, Flex, Table, type ColumnConfig } from '@backstage/ui';
import { shortName } from '../status/EntityLink';
import { StatusMark } from '../status/StatusMark';
import { Time } from '../status/Time';
import { goldenPathTranslationRef } from '../translation';
import { nextOf, type DatabaseRow } from './databaseRows';
import { SORT_COLUMNS, type ListState } from './listState';
import { useDatabaseHref } from './useDatabaseHref';
import { useStatusLabel } from './useStatusLabel';

const PAGE_SIZE = 25;

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

const useColumns = (): ColumnConfig<DatabaseRow>[] => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const statusLabel = useStatusLabel();
  return useMemo(
    () => [
      {
        id: 'database',
        label: t('page.column.database'),
        defaultWidth: '2fr',
        minWidth: 160,
        isRowHeader: true,
        isSortable: true,
        cell: ({ database }) => <CellText title={database.databaseName} />,
      },
      {
        id: 'environment',
        label: t('page.column.environment'),
        defaultWidth: '1.4fr',
        minWidth: 130,
        isSortable: true,
        cell: ({ database }) => <CellText title={database.environment} />,
      },
      {
        id: 'component',
        label: t('page.column.component'),
        defaultWidth: '1.6fr',
        minWidth: 120,
        isSortable: true,
        cell: ({ database }) => <CellText title={database.component} />,
      },
      {
        id: 'owner',
        label: t('page.column.owner'),
        defaultWidth: '1.5fr',
        minWidth: 130,
        isSortable: true,
        cell: ({ database }) => (
          <CellText title={shortName(database.ownerRef)} />
        ),
      },
      {
        id: 'status',
        label: t('page.column.status'),
        defaultWidth: '1.9fr',
        minWidth: 140,
        isSortable: true,
        cell: ({ status }) => (
          <Cell>
            <Flex gap="2" align="center">
              <StatusMark status={status} />
              {statusLabel(status)}
            </Flex>
          </Cell>
        ),
      },
      {
        id: 'next',
        label: t('page.column.next'),
        defaultWidth: '2.8fr',
        minWidth: 180,
        cell: ({ database }) => (
          <Cell>{t(`page.next.${nextOf(database)}`)}</Cell>
        ),
      },
      {
        id: 'at',
        label: t('page.column.at'),
        defaultWidth: '1.7fr',
        minWidth: 130,
        isSortable: true,
        cell: ({ database }) => (
          <Cell>{database.at && <Time at={database.at} />}</Cell>
        ),
      },
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- as t changes, so does statusLabel
    [t],
  );
};

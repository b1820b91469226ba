import { useMemo } from 'react';
import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
  ButtonLink,
  Container,
  Flex,
  Text,
} from '@backstage/ui';
import { createTemplateRouteRef } from '../routes';
import { describeError } from '../status/describeError';
import { goldenPathTranslationRef } from '../translation';
import {
  filterChoices,
  filterRows,
  sortRows,
  toRow,
  type DatabaseRow,
} from './databaseRows';
import { DatabasesTable } from './DatabasesTable';
import { Filters } from './Filters';
import { useAllDatabases, type AllDatabases } from './useAllDatabases';
import { useListState } from './useListState';

/** All databases that the user may see, with filters. */
export const DatabasesPage = () => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const databases = useAllDatabases();
  const { state, setText, change, reset } = useListState();
  const { items, total, isComplete, error, retry } = databases;

  const rows = useMemo(() => items?.map(toRow), [items]);
  const choices = useMemo(() => filterChoices(rows ?? []), [rows]);
  const { column, direction } = state.sort;
  // Before the filters, so that typing doesn't sort.
  const sorted = useMemo(
    () => rows && sortRows(rows, { column, direction }),
    [rows, column, direction],
  );
  const { text, environment, owner, status } = state;
  const shown = useMemo(
    () => sorted && filterRows(sorted, { text, environment, owner, status }),
    [sorted, text, environment, owner, status],
  );

  return (
    <Container>
      <Flex direction="column" gap="4" align="stretch" py="4">
        <Text as="p">{t('page.description')}</Text>
        {error && (
          <Alert
            role="alert"
            status={items ? 'warning' : 'danger'}
            icon
            title={
              items
                ? t('page.partialTitle', {
                    loaded: String(items.length),
                    total: String(total),
                  })
                : t('page.errorTitle')
            }
            description={describeError(error)}
            customActions={
              <Button size="small" variant="secondary" onPress={retry}>
                {t('page.retry')}
              </Button>
            }
          />
        )}
        {(items || !error) && (
          <>
            <Filters
              state={state}
              choices={choices}
              setText={setText}
              change={change}
              reset={reset}
            />
            <Text as="p" variant="body-small" role="status">
              <Count
                databases={databases}
                shown={shown}
                isLoading={!isComplete && !error}
              />
            </Text>
            <DatabasesTable
              rows={shown}
              state={state}
              change={change}
              emptyState={<Empty hasDatabases={total > 0} reset={reset} />}
            />
          </>
        )}
      </Flex>
    </Container>
  );
};

const Count = ({
  databases: { items, total },
  shown,
  isLoading,
}: {
  databases: AllDatabases;
  shown: DatabaseRow[] | undefined;
  isLoading: boolean;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  if (!items || !shown) return <>{t('page.loading')}</>;
  if (isLoading)
    return (
      <>
        {t('page.loadingMore', {
          loaded: String(items.length),
          total: String(total),
        })}
      </>
    );
  return (
    <>
      {shown.length === items.length
        ? t('page.count', { count: items.length })
        : t('page.countOf', {
            shown: String(shown.length),
            total: String(items.length),
          })}
    </>
  );
};

const Empty = ({
  hasDatabases,
  reset,
}: {
  hasDatabases: boolean;
  reset(): void;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const createRoute = useRouteRef(createTemplateRouteRef);
  return (
    <Flex direction="column" gap="3" align="start">
      <Text as="p" weight="bold">
        {t(hasDatabases ? 'page.noMatchTitle' : 'page.emptyTitle')}
      </Text>
      {!hasDatabases && <Text as="p">{t('page.empty')}</Text>}
      {hasDatabases && (
        <Button size="small" variant="secondary" onPress={reset}>
          {t('page.filter.reset')}
        </Button>
      )}
      {!hasDatabases && createRoute && (
        <ButtonLink size="small" variant="secondary" href={createRoute()}>
          {t('page.create')}
        </ButtonLink>
      )}
    </Flex>
  );
};

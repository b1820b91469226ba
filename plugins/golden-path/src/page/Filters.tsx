import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, SearchField, Select } from '@backstage/ui';
import { shortName } from '../status/EntityLink';
import { goldenPathTranslationRef } from '../translation';
import { useStatusLabel } from './useStatusLabel';
import { LIST_STATUSES, type ListState } from './listState';

/** No value of a filter: an entity reference has a colon, and an environment begins with a letter. */
const ALL = '*';

/** Filters above the table. A value that no database has stays selectable while the address names it. */
export const Filters = ({
  state,
  choices,
  setText,
  change,
  reset,
}: {
  state: ListState;
  choices: { environments: string[]; owners: string[] };
  setText(text: string): void;
  change(part: Partial<ListState>): void;
  reset(): void;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const statusLabel = useStatusLabel();
  const isFiltered = Boolean(
    state.text || state.environment || state.owner || state.status,
  );
  const select = (
    name: 'environment' | 'owner' | 'status',
    values: readonly string[],
    label: (value: string) => string,
  ) => (
    <div style={{ flex: '1 1 160px', minWidth: 0, maxWidth: 280 }}>
      <Select
        label={t(`page.filter.${name}`)}
        size="small"
        search={values.length > 12 ? true : undefined}
        options={[
          { value: ALL, label: t('page.filter.all') },
          ...withSelected(values, state[name]).map(value => ({
            value,
            label: label(value),
          })),
        ]}
        value={state[name] || ALL}
        onChange={key =>
          change({ [name]: key === ALL || key === null ? '' : String(key) })
        }
      />
    </div>
  );
  return (
    <Flex
      role="search"
      aria-label={t('page.filter.label')}
      gap="3"
      align="end"
      style={{ flexWrap: 'wrap' }}
    >
      <div style={{ flex: '2 1 220px', minWidth: 0 }}>
        <SearchField
          label={t('page.filter.text')}
          placeholder={t('page.filter.textPlaceholder')}
          size="small"
          value={state.text}
          onChange={setText}
        />
      </div>
      {select('environment', choices.environments, value => value)}
      {select('owner', choices.owners, shortName)}
      {select('status', LIST_STATUSES, value =>
        statusLabel(
          LIST_STATUSES.find(known => known === value) ?? 'requested',
        ),
      )}
      <Button
        size="small"
        variant="secondary"
        isDisabled={!isFiltered}
        onPress={reset}
      >
        {t('page.filter.reset')}
      </Button>
    </Flex>
  );
};

const withSelected = (values: readonly string[], selected: string) =>
  selected && !values.includes(selected) ? [...values, selected] : values;

import { memo } from 'react';
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
  const isFiltered = Boolean(
    state.text || state.environment || state.owner || state.status,
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
      <Choice
        name="environment"
        values={choices.environments}
        selected={state.environment}
        change={change}
      />
      <Choice
        name="owner"
        values={choices.owners}
        selected={state.owner}
        change={change}
      />
      <Choice
        name="status"
        values={LIST_STATUSES}
        selected={state.status}
        change={change}
      />
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

type FilterName = 'environment' | 'owner' | 'status';

/** Not rendered while one types. */
const Choice = memo(
  ({
    name,
    values,
    selected,
    change,
  }: {
    name: FilterName;
    values: readonly string[];
    selected: string;
    change(part: Partial<ListState>): void;
  }) => {
    const { t } = useTranslationRef(goldenPathTranslationRef);
    const labelOf = useChoiceLabel(name);
    const offered =
      selected && !values.includes(selected) ? [...values, selected] : values;
    return (
      <div style={{ flex: '1 1 160px', minWidth: 0, maxWidth: 280 }}>
        <Select
          label={t(`page.filter.${name}`)}
          size="small"
          search={offered.length > 12 ? true : undefined}
          options={[
            { value: ALL, label: t('page.filter.all') },
            ...offered.map(value => ({ value, label: labelOf(value) })),
          ]}
          value={selected || ALL}
          onChange={key =>
            change({ [name]: key === ALL || key === null ? '' : String(key) })
          }
        />
      </div>
    );
  },
);

const useChoiceLabel = (name: FilterName) => {
  const statusLabel = useStatusLabel();
  return (value: string): string => {
    if (name === 'owner') return shortName(value);
    const status = LIST_STATUSES.find(known => known === value);
    return name === 'status' && status ? statusLabel(status) : value;
  };
};

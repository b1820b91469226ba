import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import {
  ScaffolderField,
  useScaffolderTheme,
} from '@backstage/plugin-scaffolder-react/alpha';
import { BgProvider, Combobox, Text } from '@backstage/ui';
import { goldenPathTranslationRef } from '../translation';
import { CatalogFilter, matchesTeam, Team } from './teams';
import { MarkedText } from './MarkedText';
import { useTeams } from './useTeams';

export interface OwnerFieldOptions {
  /** As OwnerPicker's; all groups unless given. */
  catalogFilter?: CatalogFilter | CatalogFilter[];
}

const toOption = ({ ref, title }: Team) => ({
  id: ref,
  label: title,
  description: ref,
});

/** OwnerPicker for teams: the person's own come first, and the catalog searches the others. */
export const OwnerField = ({
  schema,
  uiSchema,
  idSchema,
  formData,
  rawErrors = [],
  required,
  disabled,
  onChange,
}: FieldExtensionComponentProps<string, OwnerFieldOptions>) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const isBackstageUi = useScaffolderTheme() === 'bui';
  const [typed, setTyped] = useState('');
  const { catalogFilter = { kind: 'Group' } } = uiSchema['ui:options'] ?? {};
  const label = schema.title ?? t('fields.owner.label');
  const chosen = formData || undefined;
  const [shownTitle, setShownTitle] = useState('');
  const teams = useTeams(
    catalogFilter,
    typed === shownTitle ? '' : typed,
    chosen,
  );
  const offered = [...teams.own, ...teams.others];
  const title = offered.find(({ ref }) => ref === chosen)?.title ?? '';
  if (title !== shownTitle) setShownTitle(title);

  return (
    <ScaffolderField
      rawDescription={uiSchema['ui:description'] ?? schema.description}
      rawErrors={rawErrors}
      required={required}
      disabled={disabled}
    >
      {/* Else the field has the colour of the form. */}
      <BgProvider bg="neutral-1">
        <Combobox
          id={idSchema.$id}
          // As the other fields of the theme say it.
          label={required && !isBackstageUi ? `${label} *` : label}
          isRequired={required && isBackstageUi}
          isDisabled={disabled}
          isInvalid={rawErrors.length > 0}
          value={title === '' ? null : chosen ?? null}
          onChange={ref => onChange(ref === null ? undefined : String(ref))}
          options={[
            {
              title: t('fields.owner.own'),
              options: teams.own.map(toOption),
            },
            {
              title: t('fields.owner.others'),
              options: teams.others.map(toOption),
            },
          ].filter(({ options }) => options.length > 0)}
          search={{
            onInputChange: setTyped,
            filter: (option, text) =>
              matchesTeam(
                { ref: String(option.id), title: option.label },
                text,
              ),
          }}
          loading={{ state: teams.isLoading ? 'loading' : 'idle' }}
        />
      </BgProvider>
      <Text as="span" variant="body-small" role="status">
        {teams.isOfOthers && (
          <MarkedText status="stale">
            {t('fields.owner.notMember', { team: title || String(chosen) })}
          </MarkedText>
        )}
        {teams.hasFailed && t('fields.owner.failed')}
        {teams.more > 0 && t('fields.owner.more', { count: teams.more })}
      </Text>
    </ScaffolderField>
  );
};

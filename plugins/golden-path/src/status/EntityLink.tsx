import { parseEntityRef } from '@backstage/catalog-model';
import {
  useEntityPresentation,
  useEntityRefLink,
} from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';

/** Link to an entity's page, by its title if the catalog has one, else by its short name. */
export const EntityLink = ({ entityRef }: { entityRef: string }) => {
  const linkTo = useEntityRefLink();
  const { primaryTitle } = useEntityPresentation(entityRef, {
    defaultKind: parseEntityRef(entityRef).kind,
    defaultNamespace: 'default',
  });
  return <Link href={linkTo(entityRef)}>{primaryTitle}</Link>;
};

/** `platform-team` for `group:default/platform-team`; other namespaces stay. */
export const shortName = (entityRef: string): string => {
  const { namespace, name } = parseEntityRef(entityRef, {
    defaultKind: 'group',
  });
  return namespace === 'default' ? name : `${namespace}/${name}`;
};

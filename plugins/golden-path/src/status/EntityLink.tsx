import { parseEntityRef } from '@backstage/catalog-model';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';

/** Link to an entity's page, by its short name. */
export const EntityLink = ({ entityRef }: { entityRef: string }) => {
  const linkTo = useEntityRefLink();
  return <Link href={linkTo(entityRef)}>{shortName(entityRef)}</Link>;
};

/** `platform-team` for `group:default/platform-team`; other namespaces stay. */
export const shortName = (entityRef: string): string => {
  const { namespace, name } = parseEntityRef(entityRef, {
    defaultKind: 'group',
  });
  return namespace === 'default' ? name : `${namespace}/${name}`;
};

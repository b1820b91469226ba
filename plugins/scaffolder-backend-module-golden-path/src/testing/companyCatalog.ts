import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { Entity } from '@backstage/catalog-model';

/** An entity with its relations, as the catalog returns it. */
const relatedEntity = (
  ref: string,
  relations: Record<string, string[]> = {},
  spec: Entity['spec'] = {},
): Entity => {
  const [kind, namespace, name] = ref.split(/[:/]/);
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { namespace, name },
    spec,
    relations: Object.entries(relations).flatMap(([type, targets]) =>
      targets.map(targetRef => ({ type, targetRef })),
    ),
  };
};

/**
 * Two teams and their people: jane is in platform-team, dina in a group two levels below it, guest in checkout-team, and
 * lee in two groups that are each other's parents. payments/core is a team of another namespace, and pia its member.
 */
export const createCompanyCatalog = () =>
  new InMemoryCatalogClient({
    entities: [
      relatedEntity('Group:default/platform-team', {}, { type: 'team' }),
      relatedEntity(
        'Group:default/platform-data',
        { childOf: ['group:default/platform-team'] },
        { type: 'guild' },
      ),
      relatedEntity('Group:default/platform-dba', {
        childOf: ['group:default/platform-data'],
      }),
      relatedEntity('Group:default/checkout-team', {}, { type: 'team' }),
      relatedEntity('Group:default/chicken', {
        childOf: ['group:default/egg'],
      }),
      relatedEntity('Group:default/egg', {
        childOf: ['group:default/chicken'],
      }),
      relatedEntity('Group:payments/core', {}, { type: 'team' }),
      relatedEntity('User:default/jane', {
        memberOf: ['group:default/platform-team'],
      }),
      relatedEntity('User:default/dina', {
        memberOf: ['group:default/platform-dba'],
      }),
      relatedEntity('User:default/guest', {
        memberOf: ['group:default/checkout-team'],
      }),
      relatedEntity('User:default/lee', { memberOf: ['group:default/egg'] }),
      relatedEntity('User:default/pia', { memberOf: ['group:payments/core'] }),
    ],
  });

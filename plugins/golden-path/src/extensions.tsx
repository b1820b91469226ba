import {
  type ExtensionDefinition,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { RiDatabase2Line } from '@remixicon/react';
import { databaseKeyOf, isAppWithDatabase } from './card/entities';
import { databaseRouteRef, databasesRouteRef } from './routes';
import { goldenPathTranslationRef } from './translation';

/** Its title and icon are in the sidebar, too. */
const databasesPage = PageBlueprint.make({
  params: {
    path: '/databases',
    routeRef: databasesRouteRef,
    title: goldenPathTranslationRef('page.title'),
    icon: <RiDatabase2Line />,
    loader: () =>
      import('./page/DatabasesPage').then(({ DatabasesPage }) => (
        <DatabasesPage />
      )),
  },
});

const databasePage = PageBlueprint.make({
  name: 'database',
  params: {
    path: '/databases/:environment/:databaseName',
    routeRef: databaseRouteRef,
    title: goldenPathTranslationRef('card.databaseTitle'),
    icon: <RiDatabase2Line />,
    loader: () =>
      import('./page/DatabasePage').then(({ DatabasePage }) => (
        <DatabasePage />
      )),
  },
});

const databaseCard = EntityCardBlueprint.make({
  name: 'database',
  params: {
    type: 'content',
    filter: entity => databaseKeyOf(entity) !== undefined,
    loader: () =>
      import('./card/DatabaseCard').then(({ DatabaseCard }) => (
        <DatabaseCard />
      )),
  },
});

const appDatabasesCard = EntityCardBlueprint.make({
  name: 'app-databases',
  params: {
    type: 'content',
    filter: isAppWithDatabase,
    loader: () =>
      import('./card/AppDatabasesCard').then(({ AppDatabasesCard }) => (
        <AppDatabasesCard />
      )),
  },
});

/** What shows databases: pages and cards. Their own types name a package that this one doesn't depend on. */
export const databaseViews: ExtensionDefinition[] = [
  databasesPage,
  databasePage,
  databaseCard,
  appDatabasesCard,
];

import { describeKills } from './support/replica/describeKills';

describeKills('one replica, which is started again', {
  replicas: 1,
  recovery: true,
});

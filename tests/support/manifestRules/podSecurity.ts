import { Rule, rule } from './rule';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, with what it takes over from "baseline". */
const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SECCOMP = ['RuntimeDefault', 'Localhost'];

export const restrictedRules: Rule[] = [
  rule(
    'HostProcess',
    app => !app.pod.securityContext.windowsOptions?.hostProcess,
    app => {
      app.pod.securityContext.windowsOptions = { hostProcess: true };
    },
  ),
  rule(
    'Host Namespaces',
    app => !app.pod.hostNetwork && !app.pod.hostPID && !app.pod.hostIPC,
    app => {
      app.pod.hostNetwork = true;
    },
  ),
  rule(
    'Privileged Containers',
    app => !app.container.securityContext.privileged,
    app => {
      app.container.securityContext.privileged = true;
    },
  ),
  rule(
    'Capabilities',
    app => {
      const { add = [], drop = [] } =
        app.container.securityContext.capabilities ?? {};
      return (
        drop.includes('ALL') &&
        add.every((one: string) => one === 'NET_BIND_SERVICE')
      );
    },
    app => {
      app.container.securityContext.capabilities.add = ['NET_RAW'];
    },
  ),
  rule(
    'Host Ports',
    app => app.container.ports.every((one: any) => !one.hostPort),
    app => {
      app.container.ports[0].hostPort = 80;
    },
  ),
  rule(
    '/proc Mount Type',
    app => (app.container.securityContext.procMount ?? 'Default') === 'Default',
    app => {
      app.container.securityContext.procMount = 'Unmasked';
    },
  ),
  rule(
    'Sysctls',
    app => (app.pod.securityContext.sysctls ?? []).length === 0,
    app => {
      app.pod.securityContext.sysctls = [{ name: 'kernel.msgmax', value: '1' }];
    },
  ),
  rule(
    'Volume Types',
    app =>
      app.pod.volumes.every(({ name: _, ...source }: any) =>
        Object.keys(source).every(type => VOLUME_TYPES.includes(type)),
      ),
    app => {
      app.pod.volumes.push({ name: 'x', hostPath: { path: '/' } });
    },
  ),
  rule(
    'Privilege Escalation',
    app => app.container.securityContext.allowPrivilegeEscalation === false,
    app => {
      delete app.container.securityContext.allowPrivilegeEscalation;
    },
  ),
  rule(
    'Running as Non-root',
    app => app.pod.securityContext.runAsNonRoot === true,
    app => {
      delete app.pod.securityContext.runAsNonRoot;
    },
  ),
  rule(
    'Running as Non-root user',
    app =>
      [app.pod, app.container].every(
        one => one.securityContext.runAsUser !== 0,
      ),
    app => {
      app.pod.securityContext.runAsUser = 0;
    },
  ),
  rule(
    'Seccomp',
    app => SECCOMP.includes(app.pod.securityContext.seccompProfile?.type),
    app => {
      app.pod.securityContext.seccompProfile.type = 'Unconfined';
    },
  ),
];

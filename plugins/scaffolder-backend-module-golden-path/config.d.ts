import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The golden path: one form requests a database and creates the app that uses it. For Backstage 1.55 to 1.57. */
  goldenPath?: {
    /** The repository in which a platform team declares its databases. */
    infraRepo: {
      /**
       * URL of the repository, in the scaffolder's format: `github.com?owner=acme&repo=platform-infra`. The host must be
       * one of `integrations.github`, including its port, if any. The only key without a default.
       */
      repoUrl: string;
      /** File name of the workflow that opens the pull request. Default: `create-rds-database.yml`. */
      workflow?: string;
      /** File name of the workflow that opens the pull request that takes a database out. Default: `decommission-rds-database.yml`. */
      decommissionWorkflow?: string;
      /** Branch or tag from which the workflows run. Default: `main`. */
      ref?: string;
      /** Base branch of the pull request. `branches` in rds-database-apply.yml must name it too. Default: `main`. */
      baseBranch?: string;
      /** Path of the database catalog; must equal `catalog` in the infra repo's goldenpath.yaml. Default: `docs/20-contracts/resource-catalogs/rds-catalog.yaml`. */
      catalogPath?: string;
      /** Folder with one folder per environment; must equal `environmentsPath` in the infra repo's goldenpath.yaml. Default: `envs`. */
      environmentsPath?: string;
    };
    /** First part of the names of all secrets in AWS Secrets Manager; must equal `secretPrefix` in the infra repo's goldenpath.yaml. Default: `goldenpath`. */
    secretPrefix?: string;
    /**
     * Environments that a request may use. Each name has 2 to 15 lower-case letters and digits. List the same names in
     * `environments` of the infra repo's goldenpath.yaml and in the form of the template. An app gets an overlay for each:
     * `dev` and `test` log at debug, without TLS; `staging` logs at info, with the staging issuer; `prod` logs at warn,
     * with the prod issuer and without the environment in its host name; any other is like `staging`. A push to an app's
     * `main` builds for the first, a tag `v*` for `staging`. Default: `dev`, `test`, `staging`, `prod`.
     */
    environments?: string[];
    /** Domains that a request may use. List the same names in `domains` of the infra repo's goldenpath.yaml and in the form of the template. Default: the ten of the contract. */
    domains?: string[];
    /** Which groups may own an app and its database, and who may request them for a group. */
    owners?: {
      /**
       * `required`: only members of the owning group, directly or through groups below it, and no task without a
       * signed-in user. `none`: everyone, services included. Default: `required`.
       */
      membership?: 'required' | 'none';
      /** Namespaces of the catalog whose groups may own. The form's OwnerPicker must offer the same groups. Default: `default`. */
      namespaces?: string[];
      /**
       * What such a group must match, as the `catalogFilter` of the form's OwnerPicker: paths of its entity, each with one
       * value or several, such as `spec.type: [team, squad]`. Default: any group.
       */
      filter?: { [path: string]: string | string[] };
    };
    /** The repositories of new apps. */
    app?: {
      /** GitHub organisation of the repositories. Default: the owner of the infra repo. */
      owner?: string;
      /** Visibility of the repositories. Default: `private`. */
      visibility?: 'private' | 'internal' | 'public';
    };
    /** The Kubernetes clusters that the apps run on. */
    cluster?: {
      /** Name of the ClusterSecretStore of External Secrets. Default: `aws-secrets-manager`. */
      secretStore?: string;
      /** Host of the container registry, such as `123456789012.dkr.ecr.eu-central-1.amazonaws.com`. Default: `registry.example.com`. */
      registry?: string;
      /** StorageClass of the volumes of stateful apps: EBS, such as the `gp3` of the AWS EBS CSI driver. Default: `gp3`. */
      storageClass?: string;
      /** Ingress class. Default: `nginx`. */
      ingressClass?: string;
      /** Parent domain of the host names of the apps, in lower case, at most 186 characters. Default: `example.com`. */
      ingressDomain?: string;
      /** Namespace of the ingress controller, from which the NetworkPolicy of an app lets requests in. Default: `ingress-nginx`. */
      ingressNamespace?: string;
      /** cert-manager's ClusterIssuers. */
      issuers?: {
        /** Default: `letsencrypt-staging`. */
        staging?: string;
        /** Default: `letsencrypt-prod`. */
        prod?: string;
      };
    };
    /** Waiting for the workflow run. */
    await?: {
      /** Longest wait for the workflow run, such as `{ minutes: 30 }` or `30m`. Default: 30 minutes. */
      timeout?: HumanDuration | string;
      /** Interval between two requests to GitHub. Default: 5 seconds. */
      pollInterval?: HumanDuration | string;
      /** Longest wait for the merge, when goldenpath:rds:await has `until: merged` or `provisioned`. Default: 24 hours. */
      mergeTimeout?: HumanDuration | string;
      /** Longest wait from the merge to the database, with `until: provisioned`. Default: 2 hours. */
      provisionTimeout?: HumanDuration | string;
    };
    /** The provisioner, when it runs in Backstage (action `goldenpath:rds:provision`). */
    provision?: {
      /** Region of AWS Secrets Manager. Default: the region of the AWS SDK, such as `AWS_REGION`. */
      region?: string;
      /** Groups, as entity references, whose members may provision environments other than dev. Default: none. */
      groups?: string[];
      /** Name of the master role of the RDS instances, not allowed as a database user. Default: none. */
      masterUsername?: string;
      /** File with the CAs that sign the database's certificate. Default: the bundle of RDS. */
      caFile?: string;
      /** Instances by environment, for master secrets that RDS manages: they have another name and no host. */
      instances?: {
        [environment: string]: {
          /** Name or ARN of the master's secret. Default: `<secretPrefix>/<environment>/rds/master`. */
          masterSecret?: string;
          /** Host of the instance. Default: `host` in the master's secret. */
          host?: string;
          /** Port of the instance. Default: `port` in the master's secret, else 5432. */
          port?: number;
        };
      };
    };
  };
}

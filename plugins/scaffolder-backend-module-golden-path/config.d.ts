import { HumanDuration } from '@backstage/types';

export interface Config {
  /** The golden path: one form that asks for a database and makes the app that uses it. For Backstage 1.55 to 1.57. */
  goldenPath?: {
    /** The repository in which a platform team declares its databases. */
    infraRepo: {
      /**
       * Where it is, as the scaffolder writes repositories: `github.com?owner=acme&repo=platform-infra`. The host must
       * be one of `integrations.github`, with its port where that has one. The only key without a default.
       */
      repoUrl: string;
      /** File name of the workflow that opens the pull request. Default: `create-rds-database.yml`. */
      workflow?: string;
      /** Branch or tag from which the workflow runs. Default: `main`. */
      ref?: string;
      /** Branch that the pull request is for; rds-database-apply.yml names it too. Default: `main`. */
      baseBranch?: string;
      /** Path of the database catalog; `catalog` in the infra repo's goldenpath.yaml must say the same. Default: `docs/20-contracts/resource-catalogs/rds-catalog.yaml`. */
      catalogPath?: string;
      /** Folder with one folder per environment; `environmentsPath` in the infra repo's goldenpath.yaml must say the same. Default: `envs`. */
      environmentsPath?: string;
    };
    /** First part of the names of all secrets in AWS Secrets Manager; `secretPrefix` in the infra repo's goldenpath.yaml must say the same. Default: `goldenpath`. */
    secretPrefix?: string;
    /**
     * The environments that may be requested. Each name is 2 to 15 lower-case letters and digits. `environments` in the
     * infra repo's goldenpath.yaml must name them too, and the template's form offers them. An app gets an overlay for
     * each: `dev` and `test` log at debug, without TLS; `staging` logs at info, with the staging issuer; `prod` at warn,
     * with the prod issuer, at the bare host name; any other is like `staging`. Default: `dev`, `test`, `staging`, `prod`.
     */
    environments?: string[];
    /** The domains that may be chosen; `domains` in the infra repo's goldenpath.yaml must name them too, and the template's form offers them. Default: the ten of the contract. */
    domains?: string[];
    /** The repositories of new apps. */
    app?: {
      /** The GitHub organisation they go to. Default: the owner of the infra repo. */
      owner?: string;
      /** Who may see them. Default: `private`. */
      visibility?: 'private' | 'internal' | 'public';
    };
    /** The Kubernetes clusters that the apps run on. */
    cluster?: {
      /** Name of the ClusterSecretStore of External Secrets. Default: `aws-secrets-manager`. */
      secretStore?: string;
      /** Host of the container registry, such as `123456789012.dkr.ecr.eu-central-1.amazonaws.com`. Default: `registry.example.com`. */
      registry?: string;
      /** Ingress class. Default: `nginx`. */
      ingressClass?: string;
      /** Domain below which the apps get their host names. Default: `example.com`. */
      ingressDomain?: string;
      /** Namespace of the ingress controller; no file of the skeleton uses it yet. Default: `ingress-nginx`. */
      ingressNamespace?: string;
      /** cert-manager's ClusterIssuers. */
      issuers?: {
        /** Default: `letsencrypt-staging`. */
        staging?: string;
        /** Default: `letsencrypt-prod`. */
        prod?: string;
      };
    };
    /** How the workflow run is followed. */
    await?: {
      /** How long at most, such as `{ minutes: 30 }` or `30m`. Default: 30 minutes. */
      timeout?: HumanDuration | string;
      /** How often GitHub is asked. Default: every 5 seconds. */
      pollInterval?: HumanDuration | string;
    };
    /** The provisioner, when it runs in Backstage (action `goldenpath:rds:provision`). */
    provision?: {
      /** Region of AWS Secrets Manager. Default: what the AWS SDK finds in its environment. */
      region?: string;
      /** Groups, as entity references, whose members may provision other environments than dev. Default: nobody. */
      groups?: string[];
      /** Name of the master role of the RDS instances: a request for it is refused. Default: none is known. */
      masterUsername?: string;
      /** File with the CAs that sign the database's certificate. Default: the bundle of RDS. */
      caFile?: string;
      /** By environment, what its master secret leaves open. A secret that RDS manages itself has another name, and no host. */
      instances?: {
        [environment: string]: {
          /** Name or ARN of the master's secret. Default: `<secretPrefix>/<environment>/rds/master`. */
          masterSecret?: string;
          /** Where the instance answers. Default: what the master's secret says. */
          host?: string;
          /** Default: what the master's secret says, else 5432. */
          port?: number;
        };
      };
    };
  };
}

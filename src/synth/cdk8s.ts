// cdk8s as this project uses it: required, not imported. The packages are CommonJS, whose names Node finds for an
// `import` by reading every file that they export again once more, which takes longer than running them. It is the
// same copy that definitions get.

import { createRequire } from 'node:module';
import type * as Cdk8s from 'cdk8s';
import type * as Cdk8sPlus from 'cdk8s-plus-28';
import type * as Constructs from 'constructs';

const require = createRequire(import.meta.url);

export const { Construct } = require('constructs') as typeof Constructs;
export const { ApiObject, App, Chart, JsonPatch } = require('cdk8s') as typeof Cdk8s;
export const {
  NetworkPolicy,
  NetworkPolicyIpBlock,
  NetworkPolicyPort,
  NetworkPolicyTrafficDefault,
  Pods,
  Service,
  ServiceAccount,
} = require('cdk8s-plus-28') as typeof Cdk8sPlus;

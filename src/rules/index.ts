// All rules, in the order of their ids. A new rule is one file and one line here, twice.

import type { Rule } from '../check/rule.ts';
import applicationSetSteps from './application-set-steps.ts';
import argoAnalysisEnds from './argo-analysis-ends.ts';
import argoAnalysisNoData from './argo-analysis-no-data.ts';
import argoAnalysisPatience from './argo-analysis-patience.ts';
import argoAnalysisUndecided from './argo-analysis-undecided.ts';
import argoAnalysisValid from './argo-analysis-valid.ts';
import argoRolloutValid from './argo-rollout-valid.ts';
import argoRoutingValid from './argo-routing-valid.ts';
import argoStepsValid from './argo-steps-valid.ts';
import argocdHubSize from './argocd-hub-size.ts';
import argocdStepsReachable from './argocd-steps-reachable.ts';
import budgetCoversFirstWave from './budget-covers-first-wave.ts';
import budgetSet from './budget-set.ts';
import canaryHasClusters from './canary-has-clusters.ts';
import canarySeesCeiling from './canary-sees-ceiling.ts';
import canarySeesClass from './canary-sees-class.ts';
import canarySpreads from './canary-spreads.ts';
import cdk8sPlusDefaults from './cdk8s-plus-defaults.ts';
import ceilingClearOfBaseline from './ceiling-clear-of-baseline.ts';
import ceilingNotAlone from './ceiling-not-alone.ts';
import classHasClusters from './class-has-clusters.ts';
import classInFirstWave from './class-in-first-wave.ts';
import classKept from './class-kept.ts';
import classNameKept from './class-name-kept.ts';
import clustersStay from './clusters-stay.ts';
import configImmutable from './config-immutable.ts';
import configSize from './config-size.ts';
import connectionEncrypted from './connection-encrypted.ts';
import controlRemains from './control-remains.ts';
import correlationDeclared from './correlation-declared.ts';
import detectWithinBudget from './detect-within-budget.ts';
import engineReferenceExists from './engine-reference-exists.ts';
import fieldChoice from './field-choice.ts';
import fieldKnown from './field-known.ts';
import fieldRequired from './field-required.ts';
import fieldType from './field-type.ts';
import firstSoakDay from './first-soak-day.ts';
import firstWaveIsPart from './first-wave-is-part.ts';
import fitsDisk from './fits-disk.ts';
import fitsMemory from './fits-memory.ts';
import fitsScheduler from './fits-scheduler.ts';
import flaggerAnalysisValid from './flagger-analysis-valid.ts';
import fleetNameKept from './fleet-name-kept.ts';
import fluxDependsEnds from './flux-depends-ends.ts';
import fluxDurations from './flux-durations.ts';
import fluxHealthChecked from './flux-health-checked.ts';
import folderBounded from './folder-bounded.ts';
import gateCanDecide from './gate-can-decide.ts';
import gateHasEvidence from './gate-has-evidence.ts';
import growthWithinBudget from './growth-within-budget.ts';
import harmWithinBudget from './harm-within-budget.ts';
import hostPortFree from './host-port-free.ts';
import ignoreExpired from './ignore-expired.ts';
import ignoreUnknown from './ignore-unknown.ts';
import ignoreUnused from './ignore-unused.ts';
import imageArchitecture from './image-architecture.ts';
import imageDigest from './image-digest.ts';
import imagePullPolicy from './image-pull-policy.ts';
import intervalMinimum from './interval-minimum.ts';
import k3sSupported from './k3s-supported.ts';
import kindDeprecated from './kind-deprecated.ts';
import kindServed from './kind-served.ts';
import memoryGuaranteed from './memory-guaranteed.ts';
import memorySet from './memory-set.ts';
import modelFitsLimit from './model-fits-limit.ts';
import modelLock from './model-lock.ts';
import nameValid from './name-valid.ts';
import objectDuplicate from './object-duplicate.ts';
import pauseCoversWindow from './pause-covers-window.ts';
import podControlled from './pod-controlled.ts';
import podSecurity from './pod-security.ts';
import probePort from './probe-port.ts';
import promotionFitsSlice from './promotion-fits-slice.ts';
import promotionLimited from './promotion-limited.ts';
import readinessProbe from './readiness-probe.ts';
import referenceExists from './reference-exists.ts';
import releaseNotEmpty from './release-not-empty.ts';
import releaseStored from './release-stored.ts';
import rollbackPossible from './rollback-possible.ts';
import rolloutState from './rollout-state.ts';
import saltKept from './salt-kept.ts';
import secretInPlainSight from './secret-in-plain-sight.ts';
import selectorLabels from './selector-labels.ts';
import serversOdd from './servers-odd.ts';
import serviceSelects from './service-selects.ts';
import silenceCounts from './silence-counts.ts';
import smallFleetByHuman from './small-fleet-by-human.ts';
import soakCoversLatent from './soak-covers-latent.ts';
import soakCoversPull from './soak-covers-pull.ts';
import soakCoversSilence from './soak-covers-silence.ts';
import soakCoversWindow from './soak-covers-window.ts';
import soakKept from './soak-kept.ts';
import sourceAnswers from './source-answers.ts';
import sourceClones from './source-clones.ts';
import sourceKept from './source-kept.ts';
import spreadCounts from './spread-counts.ts';
import startupTime from './startup-time.ts';
import telemetryMemory from './telemetry-memory.ts';
import tensorflowServingAmd64 from './tensorflow-serving-amd64.ts';
import timeoutCoversLoad from './timeout-covers-load.ts';
import unavailableCoversOffline from './unavailable-covers-offline.ts';
import unreachableNotTolerated from './unreachable-not-tolerated.ts';
import updateFits from './update-fits.ts';
import volumeMount from './volume-mount.ts';
import volumeSource from './volume-source.ts';
import volumeUnused from './volume-unused.ts';
import waveCanPass from './wave-can-pass.ts';
import waveHasClusters from './wave-has-clusters.ts';
import wavesIncrease from './waves-increase.ts';
import wavesReachAll from './waves-reach-all.ts';
import windowCoversScrapes from './window-covers-scrapes.ts';
import yamlObject from './yaml-object.ts';
import yamlSyntax from './yaml-syntax.ts';

export { defineRule } from '../check/rule.ts';
export type * from '../check/rule.ts';

export const rules: readonly Rule[] = [
  applicationSetSteps,
  argoAnalysisEnds,
  argoAnalysisNoData,
  argoAnalysisPatience,
  argoAnalysisUndecided,
  argoAnalysisValid,
  argoRolloutValid,
  argoRoutingValid,
  argoStepsValid,
  argocdHubSize,
  argocdStepsReachable,
  budgetCoversFirstWave,
  budgetSet,
  canaryHasClusters,
  canarySeesCeiling,
  canarySeesClass,
  canarySpreads,
  cdk8sPlusDefaults,
  ceilingClearOfBaseline,
  ceilingNotAlone,
  classHasClusters,
  classInFirstWave,
  classKept,
  classNameKept,
  clustersStay,
  configImmutable,
  configSize,
  connectionEncrypted,
  controlRemains,
  correlationDeclared,
  detectWithinBudget,
  engineReferenceExists,
  fieldChoice,
  fieldKnown,
  fieldRequired,
  fieldType,
  firstSoakDay,
  firstWaveIsPart,
  fitsDisk,
  fitsMemory,
  fitsScheduler,
  flaggerAnalysisValid,
  fleetNameKept,
  fluxDependsEnds,
  fluxDurations,
  fluxHealthChecked,
  folderBounded,
  gateCanDecide,
  gateHasEvidence,
  growthWithinBudget,
  harmWithinBudget,
  hostPortFree,
  ignoreExpired,
  ignoreUnknown,
  ignoreUnused,
  imageArchitecture,
  imageDigest,
  imagePullPolicy,
  intervalMinimum,
  k3sSupported,
  kindDeprecated,
  kindServed,
  memoryGuaranteed,
  memorySet,
  modelFitsLimit,
  modelLock,
  nameValid,
  objectDuplicate,
  pauseCoversWindow,
  podControlled,
  podSecurity,
  probePort,
  promotionFitsSlice,
  promotionLimited,
  readinessProbe,
  referenceExists,
  releaseNotEmpty,
  releaseStored,
  rollbackPossible,
  rolloutState,
  saltKept,
  secretInPlainSight,
  selectorLabels,
  serversOdd,
  serviceSelects,
  silenceCounts,
  smallFleetByHuman,
  soakCoversLatent,
  soakCoversPull,
  soakCoversSilence,
  soakCoversWindow,
  soakKept,
  sourceAnswers,
  sourceClones,
  sourceKept,
  spreadCounts,
  startupTime,
  telemetryMemory,
  tensorflowServingAmd64,
  timeoutCoversLoad,
  unavailableCoversOffline,
  unreachableNotTolerated,
  updateFits,
  volumeMount,
  volumeSource,
  volumeUnused,
  waveCanPass,
  waveHasClusters,
  wavesIncrease,
  wavesReachAll,
  windowCoversScrapes,
  yamlObject,
  yamlSyntax,
];

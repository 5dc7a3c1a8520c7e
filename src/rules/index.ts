// All rules, in the order of their ids. A new rule is one file and one line here, twice.

import type { Rule } from '../check/rule.ts';
import budgetCoversFirstWave from './budget-covers-first-wave.ts';
import budgetSet from './budget-set.ts';
import classInFirstWave from './class-in-first-wave.ts';
import firstWaveIsPart from './first-wave-is-part.ts';
import gateCanDecide from './gate-can-decide.ts';
import ignoreExpired from './ignore-expired.ts';
import ignoreUnknown from './ignore-unknown.ts';
import ignoreUnused from './ignore-unused.ts';
import imageDigest from './image-digest.ts';
import memorySet from './memory-set.ts';
import pauseCoversWindow from './pause-covers-window.ts';
import promotionFitsSlice from './promotion-fits-slice.ts';
import promotionLimited from './promotion-limited.ts';
import selectorLabels from './selector-labels.ts';
import silenceCounts from './silence-counts.ts';
import soakCoversSilence from './soak-covers-silence.ts';
import soakCoversWindow from './soak-covers-window.ts';
import volumeMount from './volume-mount.ts';
import waveHasClusters from './wave-has-clusters.ts';
import waveNamesDiffer from './wave-names-differ.ts';
import wavesIncrease from './waves-increase.ts';
import wavesReachAll from './waves-reach-all.ts';
import yamlObject from './yaml-object.ts';
import yamlSyntax from './yaml-syntax.ts';

export { defineRule } from '../check/rule.ts';
export type * from '../check/rule.ts';

export const rules: readonly Rule[] = [
  budgetCoversFirstWave,
  budgetSet,
  classInFirstWave,
  firstWaveIsPart,
  gateCanDecide,
  ignoreExpired,
  ignoreUnknown,
  ignoreUnused,
  imageDigest,
  memorySet,
  pauseCoversWindow,
  promotionFitsSlice,
  promotionLimited,
  selectorLabels,
  silenceCounts,
  soakCoversSilence,
  soakCoversWindow,
  volumeMount,
  waveHasClusters,
  waveNamesDiffer,
  wavesIncrease,
  wavesReachAll,
  yamlObject,
  yamlSyntax,
];

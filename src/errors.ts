/** Why a run failed. Documented; never reused, never renamed. */
export type ErrorCode =
  | 'FLAG' // a flag or argument that the verb does not take
  | 'FLEET_NONE' // no fleet definitions where they were looked for
  | 'FLEET_UNKNOWN' // a fleet was named that is not there
  | 'FLEET_DUPLICATE' // two definitions carry one name
  | 'FLEET_LOAD' // the module would not import, or has no default export
  | 'FLEET_TIMEOUT' // the module never finished loading
  | 'FLEET_SCHEMA' // the definition does not match schemas/fleet.schema.json
  | 'FLEET_SYNTH' // a workload of the definition threw, or made an object that cannot be written
  | 'QUANTITY_SYNTAX' // not a Kubernetes quantity
  | 'DURATION_SYNTAX' // not a Go duration
  | 'BITRATE_SYNTAX' // not a bit rate
  | 'PERCENT_CUT' // a wave's percent is not one of the cuts between slices
  | 'INVENTORY_READ' // the inventory file is missing or cannot be read
  | 'INVENTORY_ROW' // a line of the inventory is wrong
  | 'CLUSTER_UNKNOWN' // no such cluster in the inventory
  | 'FILE_READ' // a file that was named cannot be read
  | 'FILE_WRITE' // a file cannot be written: full disk, no permission
  | 'YAML_SYNTAX' // a file is not YAML
  | 'OUTPUT_FOREIGN' // a file in generated/ was not written by this tool
  | 'OUTPUT_BUSY' // another run is writing generated/
  | 'OUTPUT_STALE' // generated/ does not follow from the definition and the rollout file
  | 'OUTPUT_EXISTS' // init would overwrite a file
  | 'PLAN_MISSING' // a verb that reads plan.json found none
  | 'PLAN_SYNTAX' // plan.json is not what this tool writes
  | 'RELEASE_MISSING' // a release that the rollout file names is not stored
  | 'RELEASE_CHANGED' // a stored release does not hash to its id
  | 'RELEASE_UNKNOWN' // no such rejected release
  | 'ROLLOUT_MISSING' // pointers exist, their rollout file does not
  | 'ROLLOUT_CONFLICT' // the rollout file holds Git's conflict markers
  | 'ROLLOUT_SYNTAX' // the rollout file is not what this tool writes
  | 'NOTHING_SETTLED' // nothing to go back to
  | 'NOTHING_TO_PROMOTE' // every slice runs the first slice's release
  | 'SOAK' // the source wave has not been watched long enough
  | 'FROZEN' // nothing is promoted at this time
  | 'HARM' // a promotion would expose more devices than maxHarmedDevices allows
  | 'WAVE_UNKNOWN' // no such wave
  | 'WAVE_MIXED' // the wave before the one demanded does not run one release throughout
  | 'CLASS_UNKNOWN' // no such class
  | 'MODEL_DAMAGED' // a model file does not follow its own format
  | 'MODEL_UNSUPPORTED' // a model uses what this tool does not know
  | 'MODEL_LOCK' // a model was never built, or its lock cannot be read
  | 'MODEL_GATE' // what was built does not pass its gates
  | 'RUNTIME' // the runtime that networks are run on does not start here
  | 'BACKEND' // the optional training backend is needed and is absent, or does not load
  | 'TRAINING' // a training that asks for nothing or for too much, or a network that is not what its training made
  | 'CALIBRATION' // a calibration set that does not fit its model
  | 'EVIDENCE' // evidence for a gate that does not fit its schema, its plan or its rollout
  | 'NOTHING_TO_JUDGE' // no class has a release on the wave that is not settled
  | 'GATE_MISSING' // nothing was recorded of the wave before
  | 'GATE_STALE' // what was recorded is about something else, or was edited
  | 'GATE_INSUFFICIENT' // the recorded evidence does not suffice
  | 'GATE_FAILED' // the recorded evidence is of a bad release
  | 'GATE_HUMAN' // evidence is to be judged, and people gate the fleet
  | 'PROMETHEUS' // Prometheus does not answer, refuses, or answers wrongly; an address that is none
  | 'REGISTRY' // a registry does not answer, refuses, or answers wrongly; a login that cannot be read
  | 'LISTEN' // a server cannot listen where it was told to
  | 'RULE_UNKNOWN' // no such rule
  | 'GIT'; // Git is needed and is not there, or refused

/**
 * A failure the user can fix: a bad definition, flag or folder.
 *
 * Findings are not errors; they are values (see `Finding`). Anything thrown that is not a
 * `UserError` is a bug in this tool and is printed with its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly hint: string;

  /**
   * @param message what is wrong, naming the value and where it was found
   * @param hint what to do about it, as an imperative
   */
  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

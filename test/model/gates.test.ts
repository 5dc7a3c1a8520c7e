import { expect, test } from 'vitest';
import { quantize, readBoth, readSource } from '../../src/model/convert.ts';
import { DEFAULT_LIMITS, type Evidence, type GateResult } from '../../src/model/gates/gate.ts';
import { judge, modelGates } from '../../src/model/gates/index.ts';
import { limitsOf } from '../../src/model/gates/limits-of.ts';
import { makeModel } from '../../src/model/make.ts';
import { noisiestOfItself, probeLayers, type LayerProbe } from '../../src/model/probe.ts';
import { neededRuntime } from '../../src/model/tflite/runtime.ts';
import { digitsFile, digitsSamples } from './digits.ts';

const gate = (id: string, evidence: Partial<Evidence>): Omit<GateResult, 'gate'> =>
  modelGates
    .find((one) => one.id === id)!
    .judge({
      parity: 0,
      layers: [],
      outputs: [],
      limits: DEFAULT_LIMITS,
      ...evidence,
    } as Evidence)!;

const samples = digitsSamples('calibration.npz').map((sample) => [sample]);

test('each recipe names the runtime that it needs, and one that devices lack is refused', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const needed = async (
    recipe: 'int8' | 'dynamic' | 'float16' | 'none',
    denseByChannel: boolean,
  ): Promise<string> => {
    const built = await quantize(float, samples, { recipe, io: 'float', denseByChannel });
    const { version, because } = neededRuntime(built);
    return `${version.join('.')} for ${because}`;
  };
  expect([
    await needed('int8', true),
    await needed('int8', false),
    await needed('dynamic', true),
    await needed('float16', true),
    await needed('none', true),
  ]).toMatchInlineSnapshot(`
    [
      "2.17 for FULLY_CONNECTED with a scale for each row",
      "1.14 for operators that every runtime has",
      "2.17 for FULLY_CONNECTED with a scale for each row",
      "1.15 for DEQUANTIZE in version 3",
      "1.14 for operators that every runtime has",
    ]
  `);
  const built = await quantize(float, samples, { recipe: 'int8', io: 'float', denseByChannel: true });
  expect(gate('runtime', { built, limits: { ...DEFAULT_LIMITS, runtime: [2, 9] } })).toMatchInlineSnapshot(`
    {
      "fix": "choose another recipe, build the network without that operator, or update the server",
      "message": "needs TensorFlow Lite 2.17 for FULLY_CONNECTED with a scale for each row, devices have 2.9",
      "verdict": "FAIL",
    }
  `);
  expect(gate('runtime', { built, limits: { ...DEFAULT_LIMITS, runtime: [2, 17] } }).verdict).toBe('PASS');
});

test('calibration that saw only dark images is found by the layers that saturate', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const dark = samples.slice(0, 20).map(([sample]) => [sample!.map((value) => value / 4)]);
  const built = await quantize(float, dark, { recipe: 'int8', io: 'float', denseByChannel: true });
  const layers = await probeLayers(float, built, samples);
  expect(gate('saturation', { layers })).toMatchInlineSnapshot(`
    {
      "fix": "add samples to the calibration set that are as extreme as what devices see",
      "message": "at most 48.75 % of values beyond their range (probs), 1 % allowed; 6 of 6 layers above that; at least 105 of 256 codes used (probs)",
      "verdict": "FAIL",
    }
  `);
  const good = await quantize(float, samples, { recipe: 'int8', io: 'float', denseByChannel: true });
  expect(gate('saturation', { layers: await probeLayers(float, good, samples) })).toMatchInlineSnapshot(`
    {
      "message": "at most 0.00 % of values beyond their range (relu1/relu), 1 % allowed; at least 85 of 256 codes used (probs)",
      "verdict": "PASS",
    }
  `);
});

test('a layer that a few far values leave without codes is a warning that says what to do', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const far = samples.slice(0, 20).map(([sample]) => [sample!.map((value) => value * 40)]);
  const built = await quantize(float, far, { recipe: 'int8', io: 'float', denseByChannel: true });
  expect(gate('saturation', { layers: await probeLayers(float, built, samples) })).toMatchInlineSnapshot(`
    {
      "fix": "take the observer percentile or mse, equalize, or keep relu1/relu float: a few far values stretch its range, or it hardly varies",
      "message": "at most 0.00 % of values beyond their range (relu1/relu), 1 % allowed; at least 7 of 256 codes used (relu1/relu)",
      "verdict": "WARN",
    }
  `);
});

test('noise is blamed on the layer that makes it, not on those behind', () => {
  const layer = (name: string, inputSqnrDb: number, sqnrDb: number): LayerProbe => ({
    name,
    inputSqnrDb,
    sqnrDb,
    saturated: 0,
    codes: 200,
  });
  const layers = [layer('a', Infinity, 45), layer('b', 45, 30), layer('c', 30, 29.5), layer('d', 29.5, 29)];
  expect(noisiestOfItself(layers)?.name).toBe('b');
  expect(noisiestOfItself([])).toBeUndefined();
});

test('divergence names the noisiest layers', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const built = await quantize(float, samples, { recipe: 'int8', io: 'float', denseByChannel: true });
  const pairs = [{ float: Float32Array.of(1, 0), built: Float32Array.of(0, 1) }];
  const outputs = [{ name: 'probs', labels: undefined, pairs }];
  expect(gate('divergence', { outputs, layers: await probeLayers(float, built, samples) }))
    .toMatchInlineSnapshot(`
      {
        "fix": "keep conv2/relu float or int16x8, equalize, or give calibration samples that cover the real range of inputs",
        "message": "signal to quantization noise -3.0 dB, 20 wanted; same class on 0.00 % of 1 samples, 99 % wanted; noisiest conv2/relu 38.8 dB, pool2 39.9 dB, flat 39.9 dB; most of it is made in conv2/relu, from 44.5 dB to 38.8 dB",
        "verdict": "FAIL",
      }
    `);
});

test('parity fails where a fused network answers otherwise, and cannot tell without samples', async () => {
  const { plain, float } = await readBoth(digitsFile('model.h5'));
  const inputs = { inputs: samples, labels: undefined };
  const options = {
    name: '',
    recipe: 'none',
    io: 'float',
    denseByChannel: true,
    limits: DEFAULT_LIMITS,
  } as const;
  const judged = async (graph: typeof float): Promise<string | undefined> => {
    const made = await makeModel(graph, { ...options, plain, calibration: inputs, evaluation: undefined });
    return made.results.find((result) => result.gate === 'parity')?.verdict;
  };
  expect(await judged(float)).toBe('PASS');
  const bias = float.tensors.findIndex(({ name }) => name === 'probs/bias');
  const lost = { ...float.tensors[bias]!, data: new Uint8Array(40) };
  expect(await judged({ ...float, tensors: float.tensors.with(bias, lost) })).toBe('FAIL');
  expect(gate('parity', { parity: undefined }).verdict).toBe('INSUFFICIENT');
});

test('an int8 network that is slower than floats is a warning with advice', () => {
  expect(gate('latency', { milliseconds: { float: 1, built: 1.2 } })).toMatchInlineSnapshot(`
    {
      "fix": "compare with the recipe dynamic or float16: int8 gains no time here",
      "message": "1.200 ms a run on LiteRT, float 1.000 ms",
      "verdict": "WARN",
    }
  `);
  expect(gate('latency', { milliseconds: { float: 1, built: 1.05 } }).verdict).toBe('PASS');
  expect(gate('latency', { milliseconds: { float: 0.04, built: 0.05 } })).toEqual({
    verdict: 'PASS',
    message: '0.050 ms a run on LiteRT, float 0.040 ms: below 0.1 ms no difference counts',
  });
  expect(gate('latency', {}).verdict).toBe('INSUFFICIENT');
});

const floats = (...values: readonly number[]): Float32Array => Float32Array.from(values);

test('of several outputs, divergence judges the worst by name', () => {
  const fine = { float: floats(1, 0), built: floats(1, 0.01) };
  const outputs = [
    { name: 'age', labels: undefined, pairs: [{ float: floats(20), built: floats(20.1) }] },
    { name: 'kind', labels: undefined, pairs: [fine, { float: floats(0, 1), built: floats(0.9, 0.1) }] },
  ];
  expect(gate('divergence', { outputs })).toMatchInlineSnapshot(`
    {
      "fix": "compare the network as it was converted with its source",
      "message": "signal to quantization noise 0.9 dB at kind, the worst of 2 outputs, 20 wanted; same class on 50.00 % of 2 samples at kind, the worst of 2 outputs, 99 % wanted",
      "verdict": "FAIL",
    }
  `);
  expect(gate('divergence', { outputs: [outputs[0]!, { ...outputs[1]!, pairs: [fine] }] }).verdict).toBe(
    'PASS',
  );
});

test('accuracy judges every output that has labels, and one value says yes or no', () => {
  const pairs = Array.from({ length: 400 }, (_, index) => ({
    float: floats(index % 2 === 0 ? 0.9 : 0.2),
    built: floats(index % 8 === 0 ? 0.1 : index % 2 === 0 ? 0.8 : 0.3),
  }));
  const labels = pairs.map((_, index) => Number(index % 2 === 0));
  const good = {
    name: 'kind',
    labels: pairs.map(() => 1),
    pairs: pairs.map(() => ({ float: floats(0, 1), built: floats(0, 1) })),
  };
  expect(gate('accuracy', { outputs: [good, { name: 'door', labels, pairs }] })).toMatchInlineSnapshot(`
    {
      "fix": "calibrate with more typical samples, or use the recipe dynamic or float16",
      "message": "accuracy at door 87.50 % (float 100.00 %): a drop of 12.50 ± 3.24 points on 400 samples, 1 allowed",
      "verdict": "FAIL",
    }
  `);
  expect(gate('accuracy', { outputs: [good, { name: 'door', labels: undefined, pairs }] }).verdict).toBe(
    'PASS',
  );
});

test('a second build that differs fails, and where nothing was built twice nothing is said', () => {
  const file = Uint8Array.of(1, 2, 3);
  expect(gate('determinism', { file, again: Uint8Array.of(1, 2, 3) }).verdict).toBe('PASS');
  expect(gate('determinism', { file, again: Uint8Array.of(1, 2, 4) })).toMatchInlineSnapshot(`
    {
      "fix": "report it with the model: breakwater is wrong, or this machine computes wrongly",
      "message": "built twice, the files differ from byte 2 on",
      "verdict": "FAIL",
    }
  `);
  expect(gate('determinism', { file, again: Uint8Array.of(1, 2) }).verdict).toBe('FAIL');
  expect(gate('determinism', { file })).toBeUndefined();
});

test('a class whose architecture the image does not name is a failure', () => {
  const platforms = ['amd64', 'arm64'];
  expect(gate('architecture', { image: { platforms, architectures: new Set(['arm64']) } }).verdict).toBe(
    'PASS',
  );
  expect(gate('architecture', { image: { platforms, architectures: new Set(['arm64', 'arm']) } }))
    .toMatchInlineSnapshot(`
    {
      "fix": "give those classes a model of their own, named by the digest of an image for them",
      "message": "an image for amd64, arm64, classes are of arm",
      "verdict": "FAIL",
    }
  `);
});

test('a definition moves limits with a reason, which stands beside the verdict', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const spec = {
    name: 'radar',
    repository: 'registry.example.com/models/radar',
    source: 'radar.h5',
    recipe: 'int8',
    gates: {
      sqnrDb: { limit: 15, reason: 'its input is noise for the most part' },
      agreementPercent: { limit: 99.9, reason: 'alarms go to people' },
      saturatedPercent: { limit: 2, reason: 'echoes are cut off on purpose' },
    },
  } as const;
  const limits = limitsOf(spec);
  expect(limits).toMatchInlineSnapshot(`
    {
      "accuracyDropPoints": 1,
      "agreement": 0.9990000000000001,
      "codes": 16,
      "parity": 0.0001,
      "reasons": {
        "divergence": [
          "sqnrDb, its input is noise for the most part",
          "agreementPercent, alarms go to people",
        ],
        "saturation": [
          "saturatedPercent, echoes are cut off on purpose",
        ],
      },
      "saturated": 0.02,
      "sqnrDb": 15,
    }
  `);
  const layers = [{ name: 'echo', sqnrDb: 30, inputSqnrDb: 40, saturated: 0.015, codes: 200 }];
  const outputs = [
    { name: 'alarm', labels: undefined, pairs: [{ float: floats(1, 0), built: floats(0.9, 0.1) }] },
  ];
  const evidence = { outputs, layers, limits };
  expect(gate('saturation', { layers }).verdict).toBe('FAIL');
  expect(gate('divergence', { outputs, layers }).verdict).toBe('FAIL');
  expect(gate('saturation', evidence).verdict).toBe('PASS');
  const said = judge({ ...evidence, file: new Uint8Array(8), parity: 0, float, built: float });
  expect(said.filter(({ gate: id }) => ['parity', 'saturation', 'divergence'].includes(id)))
    .toMatchInlineSnapshot(`
      [
        {
          "gate": "parity",
          "message": "layer by layer and fused differ by 0.0e+0 of the range, 1e-4 allowed",
          "verdict": "PASS",
        },
        {
          "gate": "saturation",
          "message": "at most 1.50 % of values beyond their range (echo), 2 % allowed; at least 200 of 256 codes used (echo); by definition: saturatedPercent, echoes are cut off on purpose",
          "verdict": "PASS",
        },
        {
          "gate": "divergence",
          "message": "signal to quantization noise 17.0 dB, 15 wanted; same class on 100.00 % of 1 samples, 99.9 % wanted; noisiest echo 30.0 dB; most of it is made in echo, from 40.0 dB to 30.0 dB; by definition: sqnrDb, its input is noise for the most part; agreementPercent, alarms go to people",
          "verdict": "PASS",
        },
      ]
    `);
});

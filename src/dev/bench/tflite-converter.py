"""The same as `breakwater model convert`, with TensorFlow's converter: read, calibrate, quantize, run both, compare.

Arguments: source .h5 or .keras, samples .npz, target .tflite. Prints how many samples both networks agree on.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

source, samples, target = sys.argv[1:4]
inputs = np.load(samples)["x"].astype(np.float32)
model = tf.keras.models.load_model(source, compile=False)

converter = tf.lite.TFLiteConverter.from_keras_model(model)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
converter.representative_dataset = lambda: ([sample[None]] for sample in inputs)
content = converter.convert()
with open(target, "wb") as file:
    file.write(content)

interpreter = tf.lite.Interpreter(model_content=content)
interpreter.allocate_tensors()
entry = interpreter.get_input_details()[0]["index"]
result = interpreter.get_output_details()[0]["index"]
exact = model.predict(inputs, verbose=0)
agreeing = 0
for sample, floats in zip(inputs, exact):
    interpreter.set_tensor(entry, sample[None])
    interpreter.invoke()
    agreeing += int(np.argmax(interpreter.get_tensor(result)) == np.argmax(floats))
print(f"{len(content)} bytes, {agreeing} of {len(inputs)} agree")

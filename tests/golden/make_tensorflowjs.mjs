// Save models with real TensorFlow.js, with what they compute. Run it in a folder where the package is installed:
//
//     npm install @tensorflow/tfjs@4 && node make_tensorflowjs.mjs path/to/tests/golden/models/tensorflowjs

import { mkdirSync, writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";

const folder = process.argv[2];
const numbers = (shape) => tf.tensor(Array.from({ length: shape.reduce((a, b) => a * b, 1) },
  (_, index) => Math.sin(index + 1) / 2), shape);

const image = tf.sequential({ layers: [
  tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, activation: "relu", kernelInitializer: "varianceScaling" }),
  tf.layers.batchNormalization(),
  tf.layers.leakyReLU({ alpha: 0.25 }),
  tf.layers.maxPooling2d({ poolSize: 2 }),
  tf.layers.flatten(),
  tf.layers.dropout({ rate: 0.5 }),
  tf.layers.dense({ units: 4, activation: "softmax" }),
] });
image.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });

const one = tf.input({ shape: [4, 3], name: "one" });
const shared = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3, name: "each" }), name: "times" });
const read = tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 2, returnSequences: true }), mergeMode: "concat" });
const inside = tf.sequential({ name: "inside", layers: [
  tf.layers.gru({ units: 2, inputShape: [4, 4], resetAfter: false }), tf.layers.dense({ units: 2, name: "end" }),
] });
const states = inside.apply(read.apply(shared.apply(shared.apply(one))));
const graph = tf.model({ inputs: one, outputs: tf.layers.add().apply([states, states]), name: "graph" });

for (const [name, model, shape] of [["image", image, [2, 6, 6, 2]], ["graph", graph, [2, 4, 3]]]) {
  model.setWeights(model.getWeights().map((weight) => numbers(weight.shape).abs()));
  const x = numbers(shape);
  mkdirSync(`${folder}/${name}`, { recursive: true });
  await model.save({ save: async (artifacts) => {
    const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy, trainingConfig } = artifacts;
    const bytes = new Uint8Array(tf.io.concatenateArrayBuffers ? tf.io.concatenateArrayBuffers([weightData].flat()) : weightData);
    const half = Math.floor(bytes.length / 2) + 1;
    const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
    writeFileSync(`${folder}/${name}/${paths[0]}`, bytes.slice(0, half));
    writeFileSync(`${folder}/${name}/${paths[1]}`, bytes.slice(half));
    writeFileSync(`${folder}/${name}/model.json`, JSON.stringify({
      modelTopology, format, generatedBy, convertedBy, trainingConfig, weightsManifest: [{ paths, weights: weightSpecs }],
    }) + "\n");
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  } });
  writeFileSync(`${folder}/${name}/outputs.json`, JSON.stringify({
    x: x.arraySync(), y: model.predict(x).arraySync(),
  }) + "\n");
}

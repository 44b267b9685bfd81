/**
 * TensorFlow.js on one thread of WebAssembly: matrix products and their gradients, for learners alone.
 * Decoders must never import it. It is loaded on demand, so that other work does not wait for it.
 *
 * It runs on one thread: with several, the order of additions would vary, and the same recordings would give
 * different models.
 */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { runInThisContext } from 'node:vm';
import type * as Core from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import { fetchPackages } from '../../files/fetched-packages';
import { projectRoot } from '../../files/project-root';

export type TensorFlow = typeof Core;

const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'];

let loaded: Promise<TensorFlow> | undefined;

/** TensorFlow.js, loaded once and ready to compute. */
export function loadTensorFlow(): Promise<TensorFlow> {
  return (loaded ??= load());
}

/**
 * Events on which the WebAssembly backend installs listeners. They rethrow errors that other listeners would
 * have handled, so they are removed.
 */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

async function load(): Promise<TensorFlow> {
  const before = EVENTS.map((event) => process.listeners(event as 'uncaughtException'));
  fetchPackages(TENSORFLOW_PACKAGES, 'to learn an autoencoder');
  const tensorFlow = await import('@tensorflow/tfjs-core');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const projectRequire = createRequire(join(projectRoot(), 'package.json'));
  wasm.setWasmPaths(
    dirname(projectRequire.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm')) + sep,
  );
  wasm.setThreadsCount(1);
  await registerGradients(projectRequire);
  await tensorFlow.setBackend('wasm');
  await tensorFlow.ready();
  EVENTS.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i]!.includes(listener)) process.removeListener(event, listener);
    }
  });
  return tensorFlow;
}

/**
 * Registers the gradients. No bundle of the package that Node can load has them, only its sources for
 * bundlers. They register themselves with the engine, and a process has only one.
 */
async function registerGradients(projectRequire: NodeJS.Require): Promise<void> {
  const result = await build({
    entryPoints: [projectRequire.resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    write: false,
    logLevel: 'silent',
  });
  const module = { exports: {} };
  const run = runInThisContext(
    `(function (require, module, exports) {${result.outputFiles[0]!.text}\n})`,
  ) as (...parts: unknown[]) => void;
  run(projectRequire, module, module.exports);
}

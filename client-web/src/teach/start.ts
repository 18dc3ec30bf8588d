// Brings an engine up: in a worker, where the page's own work does not hold up the voice, or beside the page.

import { type EngineOptions, canWork } from './seam';
import type { Port } from './remote';

/** Path of the engine's script; put in by the build. */
declare const ENGINE: string;

/** `onfailed`: it could not be loaded. Calls wait until it has been. */
export function startEngine(options: EngineOptions, onfailed: () => void): Port {
  if (canWork()) {
    const worker = new Worker(ENGINE);
    worker.onerror = (e) => void (e instanceof ErrorEvent || onfailed()); // what goes wrong later has a message
    worker.postMessage(options);
    return worker;
  }
  const { port1, port2 } = new MessageChannel(), script = Object.assign(document.createElement('script'), { src: ENGINE, onerror: onfailed });
  script.onload = () => (window as unknown as { airclassEngine(options: EngineOptions, port: Port): void }).airclassEngine(options, port2);
  document.head.appendChild(script);
  return port1;
}

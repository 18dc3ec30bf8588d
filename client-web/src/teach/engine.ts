// The engine's script: a worker's, which is told its options first; or one of the page, which calls airclassEngine.

import { Broadcasting } from './engine/broadcasting';
import { type Port, remote, serve } from './remote';
import type { EngineHost, EngineOptions } from './seam';

function begin(options: EngineOptions, port: Port): void {
  serve(port, new Broadcasting(options, remote<EngineHost>(port)));
}

const scope = self as unknown as Port;
if (typeof document === 'object') Object.assign(self, { airclassEngine: begin });
else scope.onmessage = ({ data }: MessageEvent<EngineOptions>) => begin(data, scope);

// Runs inside the watch page. Put there by the measurement; the page knows nothing of it.

/** Before the page's own scripts: notes when each bundle of voice arrives. */
export function tapSocket() {
  window.probe = { bundles: [], beeps: [], flashes: [] };
  window.WebSocket = class extends window.WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength < 8) return;
        const view = new DataView(data);
        if (view.getUint8(0) === 3) window.probe.bundles.push({ at: performance.timeOrigin + performance.now(), pts: view.getUint32(4) });
      });
    }
  };
}

/** After the tap on the page's button: listens to the element, looks at the video. */
export function listen(pitches) {
  const { probe } = window, wall = () => performance.timeOrigin + performance.now();
  const audio = document.getElementById('voice'), context = new AudioContext();
  const processor = context.createScriptProcessor(256, 1, 1);
  const LOUD = 0.08, QUIET_MS = 400, LOOK_MS = 60;
  let wasLoud = -1e9, beep;
  const name = ({ crossings, ms }) => {
    const hz = crossings * 500 / ms;
    return pitches.reduce((best, p) => (Math.abs(p - hz) < Math.abs(best - hz) ? p : best));
  };
  processor.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0), now = wall(), pts = audio.currentTime * 1000, ms = samples.length / context.sampleRate * 1000;
    if (beep) {
      for (let i = 1; i < samples.length; i++) if (samples[i] * samples[i - 1] < 0) beep.crossings++;
      beep.ms += ms;
      if (beep.ms >= LOOK_MS) {
        probe.beeps.push({ at: beep.at, pts: beep.pts, pitch: name(beep) });
        beep = undefined;
      }
    }
    const first = samples.findIndex((v) => Math.abs(v) > LOUD);
    if (first < 0) return;
    const at = now - (samples.length - first) / context.sampleRate * 1000;
    if (at - wasLoud > QUIET_MS) beep = { at, pts, crossings: 0, ms: 0 };
    wasLoud = at;
  };
  context.createMediaElementSource(audio).connect(processor).connect(context.destination);
  context.resume();

  const video = document.querySelector('video'), canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  let wasWhite = false;
  const look = () => {
    canvas.drawImage(video, 0, 0, 8, 8);
    const isWhite = canvas.getImageData(4, 4, 1, 1).data[0] > 200;
    if (isWhite && !wasWhite) probe.flashes.push({ at: wall() });
    wasWhite = isWhite;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}

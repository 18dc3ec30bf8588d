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
export function listen() {
  const { probe } = window, wall = () => performance.timeOrigin + performance.now();
  const audio = document.getElementById('voice'), context = new AudioContext();
  const processor = context.createScriptProcessor(256, 1, 1);
  const ear = new window.Ear(({ at, pitch, note }) => probe.beeps.push({ at, pitch, pts: note }));
  processor.onaudioprocess = ({ inputBuffer }) => ear.hear(inputBuffer.getChannelData(0), context.sampleRate, wall(), audio.currentTime * 1000);
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

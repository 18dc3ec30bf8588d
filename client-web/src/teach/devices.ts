// Microphones, cameras and screens as the browser gives them, and its refusals in our words.

import { CaptureError, type Device, type Devices, type Source, type SourceKind, type Trouble, type Why } from './contract';

type What = Trouble['what'];

/** DOMException names of getUserMedia and getDisplayMedia. */
const WHY: Record<string, Why> = {
  NotAllowedError: 'denied', SecurityError: 'denied', AbortError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing',
  NotReadableError: 'used', TrackStartError: 'used', NotSupportedError: 'unsupported', TypeError: 'unsupported', InvalidStateError: 'denied',
};

export const refusal = (what: What, e: unknown): CaptureError =>
  (e instanceof CaptureError ? e : new CaptureError({ what, why: WHY[(e as { name?: string }).name || ''] || 'broken' }));

const media = (): MediaDevices | undefined => (navigator as { mediaDevices?: MediaDevices }).mediaDevices;

async function first(what: What, kind: 'audio' | 'video', get: () => Promise<MediaStream> | undefined): Promise<MediaStreamTrack> {
  try {
    const stream = await get(), track = stream && stream.getTracks().find((t) => t.kind === kind);
    if (!track) throw new CaptureError({ what, why: stream ? 'missing' : 'unsupported' });
    return track;
  } catch (e) {
    throw refusal(what, e);
  }
}

const chosen = (deviceId: string): MediaTrackConstraints => (deviceId ? { deviceId: { exact: deviceId } } : {});

/** The headset of last time may lie at home: then the system's choice. */
function orAny(deviceId: string | undefined, open: (deviceId: string) => Promise<MediaStreamTrack>): Promise<MediaStreamTrack> {
  return open(deviceId || '').catch((e: CaptureError) => {
    if (deviceId && e.trouble.why === 'missing') return open('');
    throw e;
  });
}

/** `deviceId`: '' is the system's choice, as is one that is not there any more. */
export const openMicrophone = (deviceId: string): Promise<MediaStreamTrack> => orAny(deviceId, (id) => first('microphone', 'audio', () => media()?.getUserMedia({
  audio: { ...chosen(id), channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
})));

/** More than is ever sent is only heat. */
const openCamera = (deviceId: string | undefined): Promise<MediaStreamTrack> => orAny(deviceId, (id) => first('camera', 'video', () => media()?.getUserMedia({
  video: { ...chosen(id), width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15, max: 30 } },
})));

/** Only inside a tap. Text stays sharp, at few frames. */
async function openScreen(): Promise<MediaStreamTrack> {
  const track = await first('screen', 'video', () => {
    const devices = media();
    return devices && 'getDisplayMedia' in devices ? devices.getDisplayMedia({ video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 10 } }, audio: false }) : undefined;
  });
  if ('contentHint' in track) track.contentHint = 'text';
  return track;
}

const PICTURE_WIDTH = 1280, PICTURE_HEIGHT = 720;

/** The picture, whole, on white. */
async function openPicture(file: Blob): Promise<HTMLCanvasElement> {
  const image = await createImageBitmap(file).catch(() => {
    throw new CaptureError({ what: 'picture', why: 'unreadable' });
  });
  const canvas = document.createElement('canvas'), g = canvas.getContext('2d')!;
  canvas.width = PICTURE_WIDTH;
  canvas.height = PICTURE_HEIGHT;
  const scale = Math.min(PICTURE_WIDTH / image.width, PICTURE_HEIGHT / image.height), w = image.width * scale, h = image.height * scale;
  g.fillStyle = '#fff';
  g.fillRect(0, 0, PICTURE_WIDTH, PICTURE_HEIGHT);
  g.imageSmoothingQuality = 'high';
  g.drawImage(image, (PICTURE_WIDTH - w) / 2, (PICTURE_HEIGHT - h) / 2, w, h);
  image.close();
  return canvas;
}

/** What a source gives to take pictures from. */
export function openSource(source: Source): Promise<MediaStreamTrack | HTMLCanvasElement> {
  switch (source.kind) {
    case 'camera': return openCamera(source.deviceId);
    case 'screen': return openScreen();
    case 'picture': return openPicture(source.file);
    case 'board': return Promise.resolve(source.canvas);
  }
}

/** Phones have no getDisplayMedia. */
export function sourceKinds(): SourceKind[] {
  const devices = media();
  return devices && 'getDisplayMedia' in devices ? ['camera', 'screen', 'picture', 'board'] : ['camera', 'picture', 'board'];
}

export async function listDevices(): Promise<Devices> {
  const devices = media(), all = devices ? await devices.enumerateDevices() : [];
  const of = (kind: MediaDeviceKind): Device[] => all.filter((d) => d.kind === kind).map((d) => ({ id: d.deviceId, label: d.label }));
  return { microphones: of('audioinput'), cameras: of('videoinput') };
}

export function ondeviceschange(act: () => void): void {
  media()?.addEventListener('devicechange', act);
}

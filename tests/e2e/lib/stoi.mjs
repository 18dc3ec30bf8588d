// STOI, the short-time objective intelligibility of C. H. Taal, R. C. Hendriks, R. Heusdens and J. Jensen ("An algorithm for
// intelligibility prediction of time-frequency weighted noisy speech", IEEE Trans. Audio, Speech, Lang. Process. 19(7), 2011): how much the
// envelopes of 15 one-third octave bands still resemble those of the clean speech, over windows of 384 ms. 1: all of it. Pure.

/** The rate at which it is defined, Hz. */
export const RATE = 10000;
const FRAME = 256, HOP = FRAME / 2, FFT = 512;
const BANDS = 15, LOWEST_HZ = 150;
/** Frames of the clean speech this much softer than its loudest are pauses, dB. */
const RANGE_DB = 40;
const WINDOW_FRAMES = 30;
/** A band that is worse than this many dB of signal to distortion does not get any worse. */
const LEAST_SDR_DB = -15;
const EPSILON = 1e-12;

/** Hann without its zero ends. */
const HANN = Float64Array.from({ length: FRAME }, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * (i + 1) / (FRAME + 1)));

const framesOf = (length) => Math.max(0, Math.floor((length - FRAME) / HOP) + 1);

function energy(samples, at) {
  let sum = 0;
  for (let i = 0; i < FRAME; i++) sum += (samples[at + i] * HANN[i]) ** 2;
  return sum;
}

/** Where the frames of `clean` begin that are no pauses. */
function spoken(clean) {
  const energies = Array.from({ length: framesOf(clean.length) }, (_, k) => energy(clean, k * HOP));
  const least = energies.reduce((a, b) => Math.max(a, b), 0) * 10 ** (-RANGE_DB / 10);
  return energies.flatMap((e, k) => (e > least ? [k * HOP] : []));
}

/** The frames at `places` put together again without what is between them. */
function joined(samples, places) {
  const out = new Float64Array(places.length ? (places.length + 1) * HOP : 0);
  places.forEach((at, k) => {
    for (let i = 0; i < FRAME; i++) out[k * HOP + i] += samples[at + i] * HANN[i];
  });
  return out;
}

/** In place, radix 2. */
function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const angle = -2 * Math.PI * k / size, c = Math.cos(angle), s = Math.sin(angle);
      for (let a = k; a < n; a += size) {
        const b = a + size / 2, x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

/** [first, end) bins of the transform for each band. */
const EDGES = Array.from({ length: BANDS }, (_, j) => {
  const centre = LOWEST_HZ * 2 ** (j / 3), bin = (hz) => Math.round(hz * FFT / RATE);
  return [bin(centre * 2 ** (-1 / 6)), bin(centre * 2 ** (1 / 6))];
});

/** The envelope of each band: BANDS arrays with a value for each frame. */
function envelopes(samples) {
  const n = framesOf(samples.length), out = EDGES.map(() => new Float64Array(n));
  for (let k = 0; k < n; k++) {
    const re = new Float64Array(FFT), im = new Float64Array(FFT);
    for (let i = 0; i < FRAME; i++) re[i] = samples[k * HOP + i] * HANN[i];
    fft(re, im);
    EDGES.forEach(([first, end], j) => {
      let sum = 0;
      for (let b = first; b < end; b++) sum += re[b] ** 2 + im[b] ** 2;
      out[j][k] = Math.sqrt(sum);
    });
  }
  return out;
}

const norm = (v) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

function correlation(x, y) {
  const meanX = x.reduce((a, b) => a + b) / x.length, meanY = y.reduce((a, b) => a + b) / y.length;
  const dx = x.map((v) => v - meanX), dy = y.map((v) => v - meanY);
  return dx.reduce((sum, v, i) => sum + v * dy[i], 0) / (norm(dx) * norm(dy) + EPSILON);
}

/** One band over one window: `y` made as loud as `x`, and clipped where it is beyond help. */
function resemblance(x, y) {
  const gain = norm(x) / (norm(y) + EPSILON), most = 1 + 10 ** (-LEAST_SDR_DB / 20);
  return correlation(x, y.map((v, i) => Math.min(v * gain, x[i] * most)));
}

/** Of `heard` against `clean`: samples at RATE, in step with one another. NaN when there are not 30 spoken frames. */
export function stoi(clean, heard) {
  const places = spoken(clean).filter((at) => at + FRAME <= heard.length);
  const x = envelopes(joined(clean, places)), y = envelopes(joined(heard, places));
  let sum = 0, n = 0;
  for (let end = WINDOW_FRAMES; end <= x[0].length; end++) {
    for (let j = 0; j < BANDS; j++, n++) sum += resemblance(x[j].subarray(end - WINDOW_FRAMES, end), y[j].subarray(end - WINDOW_FRAMES, end));
  }
  return n ? sum / n : NaN;
}

/** By how many samples `heard` is behind `clean`, at most `most` either way: where they correlate best. */
export function delayOf(clean, heard, most) {
  let n = 1;
  while (n < clean.length + heard.length) n *= 2;
  const a = [new Float64Array(n), new Float64Array(n)], b = [new Float64Array(n), new Float64Array(n)];
  a[0].set(clean);
  b[0].set(heard);
  fft(...a);
  fft(...b);
  // Transformed, the product with the conjugate is the correlation.
  const re = a[0].map((v, i) => v * b[0][i] + a[1][i] * b[1][i]), im = a[1].map((v, i) => v * b[0][i] - a[0][i] * b[1][i]);
  fft(re, im);
  let best = 0;
  for (let d = -most; d <= most; d++) {
    if (re[(n + d) % n] > re[(n + best) % n]) best = d;
  }
  return best;
}

/** Without its first `delay` samples; begun with silence if that is below 0. */
export function shifted(samples, delay) {
  if (delay >= 0) return samples.subarray(delay);
  const out = new Float64Array(samples.length - delay);
  out.set(samples, -delay);
  return out;
}

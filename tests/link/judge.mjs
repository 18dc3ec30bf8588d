// From what a viewer saw to figures. Pure.
//
// Lateness of voice: when a bundle came, less when it came at the earliest to a viewer on a good link who
// sat beside it (`clock`: wall ms less session ms of the end of a bundle, the least of the whole run). It
// holds the path, the queues and the losses; not the bundle's own length nor the codec's time, which the
// good link has as well. Encoder, server, links and viewers read the same machine's clock.

/** Voice and slides count from so long after the first sound: before, players jump to find their place. */
const START_MS = 10000;
const HOLE_MS = 500;
const CALM_MS = 1500;
const LIVE_MS = 3000;
/** So long after an outage its traces do not count as the link's. */
const AFTERMATH_MS = 10000;
/** Milliseconds on the wire are whole ones. */
const ROUNDING_MS = 2;
/** Nobody minds a pupil who is so much behind; more is a part of the lesson that was not heard. */
const BEHIND_MS = 6000;
/** A picture that stands still for longer is none that moves. */
const FRAME_MS = 2000, SAMPLE_MS = 500;
const GOOD_RUNGS = ['R5', 'R6', 'R7'];

export const percentile = (values, p) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] : NaN;
};
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** Wall time of session time 0, as the best of a good link's arrivals has it. */
export function clockOf(seen) {
  return seen.voice.reduce((least, [at, pts, ms]) => Math.min(least, at - pts - ms), Infinity);
}

export function lateness(seen, clock) {
  return seen.voice.map(([at, pts, ms]) => ({ at, late: at - pts - ms - clock }));
}

const outageMs = (cuts, from, to) => sum(cuts.map((c) => Math.max(0, Math.min(c.end, to) - Math.max(c.start, from))));

/** Share of the lesson's voice from `from` on that came by the end, the last seconds apart. */
function received(seen, from, clock, cuts) {
  const first = from - clock, last = seen.endedAt - clock - BEHIND_MS;
  let have = 0, end = first;
  for (const [, pts, ms] of seen.voice) {
    const start = pts - end < ROUNDING_MS ? end : pts, stop = Math.min(pts + ms, last);
    have += Math.max(0, stop - start);
    end = Math.max(end, stop);
  }
  return last > first ? have / (last - first - outageMs(cuts, from, seen.endedAt)) * 100 : 0;
}

/** Of the lesson between the first place and the last one of the ear, the share that was heard. What an outage took does not count; what
 * an ear that falls back by more than BEHIND_MS has not reached does. */
function played(seen, from, cuts) {
  const ear = seen.ear.filter(([at]) => at >= from);
  if (ear.length < 2) return 0;
  const [at, place, heard] = ear[0], [lastAt, lastPlace, lastHeard] = ear.at(-1);
  const lesson = Math.max(lastPlace - place, lastAt - at - BEHIND_MS);
  return (lastHeard - heard) / Math.max(1, lesson - outageMs(cuts, from, seen.endedAt)) * 100;
}

const rungAt = (seen, at) => seen.rungs.filter((r) => r.at <= at).at(-1);

/** Of the time from the first rung on, %. */
function rungShares(seen) {
  const shares = {};
  seen.rungs.forEach((r, i) => {
    const end = seen.rungs[i + 1]?.at ?? seen.endedAt;
    shares[r.rung] = (shares[r.rung] || 0) + (end - r.at) / (seen.endedAt - seen.rungs[0].at) * 100;
  });
  return shares;
}

/** Share of the time in which a moving picture was promised and came, %: twice a second, a rung with video and a frame that is not old. */
function moving(seen, from) {
  let samples = 0, good = 0, i = 0, frameAt = -Infinity;
  for (let at = from; at < seen.endedAt; at += SAMPLE_MS, samples++) {
    for (; i < seen.frames.length && seen.frames[i][0] <= at; i++) frameAt = seen.frames[i][0];
    good += rungAt(seen, at)?.picture === 'video' && at - frameAt <= FRAME_MS;
  }
  return samples ? good / samples * 100 : 0;
}

/**
 * For each settled still (`settled`: pts of all that there were), ms from when it had settled, or the pupil had come, until something no older
 * was there, still or frame; until the end if nothing was. On every rung, so that a pupil without a picture does not look good for
 * having no late one. Those that were out of date by `from`, and those of an outage, do not count.
 */
function slideDelays(seen, settled, from, clock, isOutage) {
  const shown = [...seen.stills.map((s) => [s.doneAt, s.pts]), ...seen.frames.map(([at, pts]) => [at, pts])].sort((a, b) => a[0] - b[0]);
  return settled.flatMap((pts, i) => {
    const since = Math.max(pts + clock, seen.startedAt), doneAt = shown.find((s) => s[1] >= pts)?.[0] ?? seen.endedAt;
    const isOver = i + 1 < settled.length && settled[i + 1] + clock < from;
    return isOver || since >= seen.endedAt || isOutage(since, doneAt - since) ? [] : [Math.max(0, doneAt - since)];
  });
}

/** After the worst fall of the rate: when the rung fitted, and when voice was in time again. */
function afterFalls(seen, falls, clock) {
  if (!falls.length) return {};
  const late = lateness(seen, clock);
  const each = falls.map(({ at, bps, until }) => {
    const rungs = [rungAt(seen, at), ...seen.rungs.filter((r) => r.at > at && r.at < until)];
    const fits = rungs.find((r) => r && r.kbps * 1000 <= bps);
    const lastLate = late.filter((l) => l.at >= at && l.at < until && l.late > CALM_MS).at(-1);
    return { step: fits ? Math.max(0, fits.at - at) : Infinity, calm: lastLate ? lastLate.at - at : 0 };
  });
  return { stepMs: most(each.map((e) => e.step)), calmMs: most(each.map((e) => e.calm)) };
}

/** After the worst cut: ms from its end until voice came that was live. */
function afterCuts(seen, cuts, clock) {
  if (!cuts.length) return {};
  const late = lateness(seen, clock);
  return { returnMs: most(cuts.map(({ end }) => (late.find((l) => l.at >= end && l.late < LIVE_MS)?.at ?? Infinity) - end)) };
}

/** What the emulator counted, against the time and against the player's own counter. */
export function wireFigures(link, meterBytes, lastedMs) {
  const wireBytes = link.down.portBytes + link.up.portBytes;
  return { kbps: link.down.portBytes * 8 / lastedMs, wireBytes, meterBytes, meterErrorPercent: (meterBytes / wireBytes - 1) * 100, link };
}

/** `link`: what the emulator counted; `schedule`: {falls, cuts} in wall time; `settled`: pts of the stills that there were. */
export function judge(seen, { clock, link, schedule, settled }) {
  const from = (seen.soundedAt || seen.endedAt) + START_MS;
  const isOutage = (at, ms) => schedule.cuts.some((c) => at < c.end + AFTERMATH_MS && at + ms > c.start);
  const late = lateness(seen, clock).filter((l) => l.at >= from && !isOutage(l.at, 0)).map((l) => l.late);
  const holes = seen.holes.filter((h) => h.at >= from && !isOutage(h.at, h.ms));
  const slides = slideDelays(seen, settled, from, clock, isOutage);
  const ear = seen.ear.filter(([at]) => at >= from).map(([at, place]) => at - clock - place);
  const shares = rungShares(seen);
  return {
    firstSoundMs: (seen.soundedAt || Infinity) - seen.startedAt,
    firstStillMs: (seen.stills[0]?.doneAt ?? Infinity) - seen.startedAt,
    playedPercent: played(seen, from, schedule.cuts),
    receivedPercent: received(seen, from, clock, schedule.cuts),
    holeMs: most(holes.map((h) => h.ms)),
    holes: holes.filter((h) => h.ms > HOLE_MS).length,
    silentMs: sum(holes.filter((h) => h.kind === 'silence').map((h) => h.ms)),
    lateP50Ms: percentile(late, 0.5), lateP99Ms: percentile(late, 0.99), lateMostMs: percentile(late, 1),
    earP50Ms: percentile(ear, 0.5), earP99Ms: percentile(ear, 0.99),
    slides: slides.length, slideP50Ms: percentile(slides, 0.5), slideMostMs: percentile(slides, 1),
    movingPercent: moving(seen, from), goodVideoPercent: sum(GOOD_RUNGS.map((r) => shares[r] || 0)),
    rungShares: shares, changes: seen.rungs.length - 1,
    rungs: seen.rungs.map((r) => ({ ...r, at: r.at - seen.startedAt })),
    frames: seen.frames.length, keyBytesMost: most(seen.frames.filter(([, , , isKey]) => isKey).map((k) => k[2])), stills: seen.stills.length,
    ...afterFalls(seen, schedule.falls, clock), ...afterCuts(seen, schedule.cuts, clock),
    reconnects: seen.welcomes.length - 1,
    ...wireFigures(link, seen.meterBytes, seen.endedAt - seen.startedAt),
  };
}

/** Of these, less is worse; of all other numbers, more. */
const LESS_IS_WORSE = new Set(['playedPercent', 'receivedPercent', 'movingPercent', 'goodVideoPercent', 'slides', 'stills', 'frames']);

/** The worst of each figure, whichever run had it. Rungs' shares are the mean. */
export function worstOf(runs) {
  const worst = {};
  for (const [name, value] of Object.entries(runs[0])) {
    const all = runs.map((run) => run[name]);
    if (name === 'meterErrorPercent') worst[name] = all.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    else if (typeof value === 'number') worst[name] = (LESS_IS_WORSE.has(name) ? Math.min : Math.max)(...all);
  }
  worst.rungShares = {};
  for (const { rungShares } of runs) {
    for (const [rung, share] of Object.entries(rungShares)) worst.rungShares[rung] = (worst.rungShares[rung] || 0) + share / runs.length;
  }
  return worst;
}

/** The words of a profile's `target` line. */
export const TARGETS = {
  played: { figure: 'playedPercent', isLeast: true },
  hole: { figure: 'holeMs' },
  late: { figure: 'lateP99Ms' },
  latest: { figure: 'lateMostMs' },
  still: { figure: 'slideMostMs' },
  video: { figure: 'goodVideoPercent', isLeast: true },
  step: { figure: 'stepMs' },
  calm: { figure: 'calmMs' },
  return: { figure: 'returnMs' },
  sound: { figure: 'firstSoundMs' },
  slide: { figure: 'firstStillMs' },
};
const ROUNDING_PERCENT = 0.05;

/** {name, value, limit, isLeast} of each target that was missed. A figure that there is not misses its target. */
export function missed(figures, targets) {
  return Object.entries(targets).flatMap(([name, limit]) => {
    const { figure, isLeast = false } = TARGETS[name], value = figures[figure];
    const isMet = isLeast ? value >= limit - ROUNDING_PERCENT : value <= limit;
    return isMet ? [] : [{ name, value, limit, isLeast }];
  });
}

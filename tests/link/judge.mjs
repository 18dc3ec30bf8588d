// From what a viewer saw to figures. Pure.
//
// Lateness of voice: when a bundle came, less when it came at the earliest to a viewer on a good link who
// sat beside it (`clock`: wall ms less session ms of the end of a bundle, the least of the whole run). It
// holds the path, the queues and the losses; not the bundle's own length nor the codec's time, which the
// good link has as well. Encoder, server, links and viewers read the same machine's clock.

/** Voice counts from so long after the first sound: before, players jump to find their place. */
const START_MS = 10000;
const HOLE_MS = 500;
const CALM_MS = 1500;
/** Milliseconds on the wire are whole ones. */
const ROUNDING_MS = 2;
/** Nobody minds a pupil who is so much behind; more is a part of the lesson that was not heard. */
const BEHIND_MS = 6000;

export const percentile = (sorted, p) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] : NaN);

/** Wall time of session time 0, as the best of a good link's arrivals has it. */
export function clockOf(seen) {
  return seen.voice.reduce((least, [at, pts, ms]) => Math.min(least, at - pts - ms), Infinity);
}

export function lateness(seen, clock) {
  return seen.voice.map(([at, pts, ms]) => ({ at, late: at - pts - ms - clock }));
}

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

const outageMs = (cuts, from, to) => cuts.reduce((sum, c) => sum + Math.max(0, Math.min(c.end, to) - Math.max(c.start, from)), 0);

function rungShares(seen) {
  const shares = {};
  seen.rungs.forEach((r, i) => {
    const end = seen.rungs[i + 1]?.at ?? seen.endedAt;
    shares[r.rung] = (shares[r.rung] || 0) + (end - r.at) / (seen.endedAt - seen.rungs[0].at) * 100;
  });
  return shares;
}

const rungAt = (seen, at) => seen.rungs.filter((r) => r.at <= at).at(-1);

/** ms from when a still settled, or the viewer was first due one, until it was whole. */
function stillDelays(seen, clock) {
  return seen.stills.map((s) => {
    const since = seen.rungs.filter((r) => r.at <= s.doneAt && r.picture === 'still');
    let due = since.at(-1)?.at ?? seen.welcomes[0];
    for (let i = since.length - 2; i >= 0 && seen.rungs[seen.rungs.indexOf(since[i]) + 1] === since[i + 1]; i--) due = since[i].at;
    return s.doneAt - Math.max(s.pts + clock, due, seen.welcomes[0]);
  });
}

/**
 * How long the pupil has been looking at something older than the newest settled still (of `settled`, what
 * a viewer of stills on a good link got), ms, twice a second: the other half of 'a slide is there so soon'.
 */
function staleness(seen, settled, from, clock, isOutage) {
  const shown = [...seen.stills.map((s) => [s.doneAt, s.pts]), ...seen.frames.map(([at, pts]) => [at, pts])].sort((a, b) => a[0] - b[0]);
  const old = [];
  let i = 0, newest = -1;
  for (let at = from; at < seen.endedAt; at += 500) {
    for (; i < shown.length && shown[i][0] <= at; i++) newest = Math.max(newest, shown[i][1]);
    const waiting = settled.find((pts) => pts > newest && pts <= at - clock);
    if (!isOutage(at, 0)) old.push(waiting === undefined ? 0 : at - clock - waiting);
  }
  return old.sort((a, b) => a - b);
}

/** After each fall of the rate: when the rung fitted, the worst lateness, and when it was small again. */
function steps(seen, falls, clock) {
  const late = lateness(seen, clock);
  return falls.map(({ at, bps, until }) => {
    const fits = [rungAt(seen, at), ...seen.rungs.filter((r) => r.at > at && r.at < until)].find((r) => r && r.kbps * 1000 <= bps);
    const after = late.filter((l) => l.at >= at && l.at < until);
    const lastLate = after.filter((l) => l.late > CALM_MS).at(-1);
    return { fitsAfterMs: fits ? Math.max(0, fits.at - at) : Infinity, rung: fits?.rung, worstMs: Math.max(...after.map((l) => l.late)), calmAfterMs: lastLate ? lastLate.at - at : 0 };
  });
}

/** After each cut: ms from its end until voice came that was live. */
function returns(seen, cuts, clock) {
  const late = lateness(seen, clock);
  return cuts.map(({ end }) => {
    const live = late.find((l) => l.at >= end && l.late < 3000);
    return live ? live.at - end : Infinity;
  });
}

/**
 * `link`: what the emulator counted; `schedule`: {falls, cuts} in wall time; `settled`: pts of the stills that
 * there were; `goodRungs`: those that count as good video.
 */
export function judge(seen, { clock, link, schedule, settled, goodRungs = ['R5', 'R6', 'R7'] }) {
  const from = (seen.soundedAt || seen.endedAt) + START_MS;
  const isOutage = (at, ms) => schedule.cuts.some((c) => at < c.end + 10000 && at + ms > c.start);
  const late = lateness(seen, clock).filter((l) => l.at >= from && !isOutage(l.at, 0)).map((l) => l.late).sort((a, b) => a - b);
  const holes = seen.holes.filter((h) => h.at >= from && !isOutage(h.at, h.ms));
  const stills = stillDelays(seen, clock).sort((a, b) => a - b);
  const shares = rungShares(seen), wire = link.down.portBytes + link.up.portBytes;
  const old = staleness(seen, settled, from, clock, isOutage);
  const keys = seen.frames.filter(([, , , isKey]) => isKey);
  const behind = seen.ear.filter(([at]) => at >= from).map(([at, place]) => at - clock - place).sort((a, b) => a - b);
  return {
    firstSoundMs: (seen.soundedAt || Infinity) - seen.startedAt,
    playedPercent: played(seen, from, schedule.cuts),
    receivedPercent: received(seen, from, clock, schedule.cuts),
    holeMs: Math.max(0, ...holes.map((h) => h.ms)),
    holes: holes.filter((h) => h.ms > HOLE_MS).length,
    silentMs: holes.filter((h) => h.kind === 'silence').reduce((sum, h) => sum + h.ms, 0),
    lateP50Ms: percentile(late, 0.5), lateP99Ms: percentile(late, 0.99), lateMostMs: late.at(-1),
    earP50Ms: percentile(behind, 0.5), earP99Ms: percentile(behind, 0.99),
    rungShares: shares,
    goodVideoPercent: goodRungs.reduce((sum, r) => sum + (shares[r] || 0), 0),
    rungs: seen.rungs.map((r) => ({ ...r, at: r.at - seen.startedAt })),
    changes: seen.rungs.length - 1,
    oldP50Ms: percentile(old, 0.5), oldP95Ms: percentile(old, 0.95), oldMostMs: old.at(-1),
    stills: stills.length, stillP50Ms: percentile(stills, 0.5), stillMostMs: stills.at(-1),
    frames: seen.frames.length, keys: keys.length, keyBytesMost: Math.max(0, ...keys.map((k) => k[2])),
    steps: steps(seen, schedule.falls, clock), returnsMs: returns(seen, schedule.cuts, clock),
    reconnects: seen.welcomes.length - 1,
    kbps: link.down.portBytes * 8 / (seen.endedAt - seen.startedAt),
    wireBytes: wire, meterBytes: seen.meterBytes, meterErrorPercent: (seen.meterBytes / wire - 1) * 100,
    link,
  };
}

/** 'name value limit' for each target that was missed. */
export function missed(figures, targets) {
  const f = figures, s = f.steps?.[0] || {};
  const most = {
    hole: f.holeMs, late: f.lateP99Ms, still: f.oldP95Ms, step: s.fitsAfterMs, calm: s.calmAfterMs,
    return: Math.max(0, ...(f.returnsMs || [])), sound: f.firstSoundMs, slide: f.firstStillMs,
  };
  const least = { played: f.playedPercent, video: f.goodVideoPercent };
  return Object.entries(targets).flatMap(([name, limit]) => {
    if (name in most) return most[name] <= limit ? [] : [{ name, value: most[name], limit }];
    return least[name] >= limit - 0.05 ? [] : [{ name, value: least[name], limit }];
  });
}

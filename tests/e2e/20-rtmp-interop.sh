#!/usr/bin/env bash
# Encoders against the whole program: they publish, are refused, vanish and come back; attackers beside
# them disturb nobody.
set -eu

key=stream-key-of-one
log=$TEST_TMP/log
airclass=
jobs_started=()
trap 'kill "$airclass" "${jobs_started[@]}" 2>/dev/null || true' EXIT

has() { command -v "$1" >/dev/null; }

# Waits up to 15 s until the log, from the last mark on, holds the pattern `count` times.
from=1
mark() { from=$(($(wc -l <"$log") + 1)); }
logged() {
    local pattern=$1 count=${2:-1} _
    for _ in $(seq 150); do
        [ "$(tail -n "+$from" "$log" | grep -cE -- "$pattern" || true)" -ge "$count" ] && return 0
        sleep 0.1
    done
    return 1
}

# A title, then a command that must succeed.
check() {
    local title=$1
    shift
    if "$@"; then
        echo "ok - $title"
    else
        echo "not ok - $title"
        tail -n 40 "$log" >&2
    fi
}

none() { ! grep -qE -- "$1" "$log"; }

start() {
    cat >"$TEST_TMP/airclass.conf" <<CONF
[server]
bind = 127.0.0.1
port = 0
admin-port = 0
data-dir = $TEST_TMP/data
[rtmp]
bind = 127.0.0.1
port = 0
hello-timeout = 1s
silence-timeout = 2s
[lesson one]
stream-key = $key
open = yes
CONF
    "$BUILD/airclass" --config "$TEST_TMP/airclass.conf" 2>"$log" &
    airclass=$!
    logged app.started
    rtmp=$(sed -n 's/.*app.started.* rtmp=\([0-9]*\).*/\1/p' "$log")
    http=$(sed -n 's/.*app.started.* http=\([0-9]*\).*/\1/p' "$log")
    url=rtmp://127.0.0.1:$rtmp/live/$key
}

# teach SECONDS URL [encoder options]: a picture and a tone as an encoder would send them.
teach() {
    local seconds=$1 to=$2
    shift 2
    exec ffmpeg -nostdin -v error -re -f lavfi -i testsrc=size=320x180:rate=10 -f lavfi -i sine \
        -t "$seconds" -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 20 -c:a aac \
        "$@" -f flv "$to"
}

# In the background; what is logged counts from here.
begin() {
    mark
    "$@" 2>>"$TEST_TMP/encoders" &
    last=$!
    jobs_started+=("$last")
}

# Says what it is given and waits until it is hung up on.
throw() { timeout 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$rtmp; cat >&3; cat <&3 >/dev/null" 2>/dev/null || true; }

attack() {
    printf '\003' | throw
    printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | throw
    head -c 3073 /dev/urandom | throw
    { printf '\003'; head -c 3072 /dev/zero; head -c 5000 /dev/urandom; } | throw
    { printf '\003'; head -c 3072 /dev/zero; printf '\004\0\0\0\377\377\377\011\1\0\0\0'; } | throw
}

metric() { curl -s "http://127.0.0.1:$http/metrics" | grep -qE "^airclass_rtmp_closed_total\{reason=\"$1\"\} [1-9]"; }

if ! has ffmpeg; then
    echo "skip - encoders over RTMP: no ffmpeg here"
    exit 0
fi
start

begin teach 60 "$url"
first=$last
check "a lesson is live when its encoder sends" logged 'session.state .*to=live'

begin teach 3 "$url"
check "a second encoder with the same key is refused" logged 'rtmp.closed .*why=busy'
begin teach 3 "rtmp://127.0.0.1:$rtmp/live/wrong-key"
check "a wrong key is refused" logged 'rtmp.closed .*why=bad_key'
begin teach 3 "rtmp://127.0.0.1:$rtmp/other/$key"
check "another application is refused" logged 'rtmp.closed .*why=bad_app'
mark
attack
check "what is no RTMP is closed, with its reason" logged 'why=(bad_handshake|bad_chunk|hello_timeout|too_big|bad_message)' 5
check "a connection that says nothing more is closed in time" logged 'why=hello_timeout'
check "none of it ended the lesson" none 'to=reconnecting'

mark
kill -STOP "$first"
check "an encoder that falls silent is lost" logged 'rtmp.closed .*why=silent'
check "and its lesson waits for it" logged 'to=reconnecting'
kill -KILL "$first"
begin teach 60 "$url"
check "another takes its place" logged 'to=live'
kill -KILL "$last"
check "an encoder that dies is noticed" logged 'rtmp.closed .*why=gone'

begin teach 3 "$url" -c:v flv1
check "a codec that we can't take is refused by name" logged 'why=codec detail="Sorenson H.263"'
begin teach 60 "$url" -vn
check "sound alone is a lesson" logged 'to=live'
kill "$last"
check "an encoder that says goodbye has stopped" logged 'rtmp.closed .*why=stopped'

if has gst-launch-1.0 && gst-inspect-1.0 rtmp2sink >/dev/null 2>&1 && gst-inspect-1.0 x264enc >/dev/null 2>&1; then
    begin gst-launch-1.0 -q videotestsrc num-buffers=30 is-live=true ! video/x-raw,width=320,height=180,framerate=10/1 \
        ! x264enc tune=zerolatency ! h264parse ! flvmux streamable=true ! rtmp2sink location="$url"
    check "GStreamer's rtmp2sink publishes pictures alone" logged 'to=live'
else
    echo "skip - GStreamer's rtmp2sink publishes pictures alone: it is not installed"
fi

check "refusals are counted by reason" metric bad_key
check "no key is in the log" none "$key|wrong-key"
kill "$airclass"
status=0
wait "$airclass" || status=$?
check "the program stops cleanly" test "$status" -eq 0

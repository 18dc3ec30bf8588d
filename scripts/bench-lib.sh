# shellcheck shell=bash
# shellcheck disable=SC2034 # variables for those who source this
# Sourced by the measuring scripts: a server of their own on free ports of 127.0.0.1, a teacher's
# encoder, and an end that leaves nothing behind.
. scripts/figures.sh

# bench_begin NAME BUILD PROGRAM...: skips when a system program is missing.
bench_begin() {
    bench=$1 build=$2
    shift 2
    local need
    for need in airclass airclass-codec tests/bench/viewers tests/bench/bare; do
        [ -x "$build/$need" ] || {
            echo "bench-$bench: $build/$need is missing: make MODE=release all benches" >&2
            exit 2
        }
    done
    for need in "$@"; do
        command -v "$need" >/dev/null || { echo "bench-$bench: skipped, no $need"; exit 0; }
    done
    viewers=$build/tests/bench/viewers
    work=$(mktemp -d)
    started=()
    trap bench_end EXIT
    trap 'exit 1' INT TERM HUP
    # With two cores or more the server has one for itself: the last. The rest take the load.
    server_core=$(($(nproc) - 1))
    load_cores=0
    [ "$server_core" -eq 0 ] || load_cores=0-$((server_core - 1))
}

bench_end() {
    trap - EXIT
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}

# on_load COMMAND...: on the cores that are not the server's.
on_load() { taskset -c "$load_cores" "$@"; }

# in_background COMMAND...: the same, until the end at most. Sets pid, which is the command's own: a
# function put in the background with & would be a shell in between.
in_background() {
    taskset -c "$load_cores" "$@" &
    pid=$!
    started+=("$pid")
}

# start_server LESSON... [-- OPTION...]: open lessons with the stream key LESSON-stream-key. Sets
# server, http, admin and rtmp. Listens on loopback only. Set cores=LIST to let it and its codec
# workers run on others than the server's core.
start_server() {
    local conf=$work/airclass.conf
    : >"$conf"
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        printf '[lesson %s]\nopen = yes\nstream-key = %s-stream-key\n' "$1" "$1" >>"$conf"
        shift
    done
    [ $# -eq 0 ] || shift
    taskset -c "${cores:-$server_core}" "$build/airclass" --config "$conf" --set server.bind=127.0.0.1 \
        --set server.port=0 --set server.admin-port=0 --set rtmp.bind=127.0.0.1 --set rtmp.port=0 \
        --set "server.data-dir=$work/data" "$@" 2>"$work/server.log" &
    server=$!
    started+=("$server")
    local line=
    for _ in $(seq 100); do
        line=$(grep -s -m 1 ' app.started ' "$work/server.log" || true)
        [ -z "$line" ] || break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    [ -n "$line" ] || { echo "bench-$bench: the server did not start:" >&2; tail "$work/server.log" >&2; exit 1; }
    http=$(printf %s "$line" | sed 's/.* http=\([0-9]*\).*/\1/')
    admin=$(printf %s "$line" | sed 's/.* admin=\([0-9]*\).*/\1/')
    rtmp=$(printf %s "$line" | sed 's/.* rtmp=\([0-9]*\).*/\1/')
}

# camera_clip: a teacher in front of a board, as an encoder at home sends it, made once: slow light,
# something intricate that moves, sensor noise. Sets clip.
camera_clip() {
    clip=$build/tests/bench/camera.flv
    [ -s "$clip" ] && return 0
    ffmpeg -v error -y -nostdin \
        -f lavfi -i 'gradients=s=1280x720:r=25:c0=0x334433:c1=0x556655:c2=0x223322:nb_colors=3:seed=7:speed=0.02' \
        -f lavfi -i 'mandelbrot=s=320x360:r=25:start_scale=2:end_scale=0.05:end_pts=400' \
        -f lavfi -i 'sine=f=180:b=4:r=48000' \
        -filter_complex "[0:v][1:v]overlay=x='400+60*sin(t)':y='200+20*cos(t*1.3)',noise=alls=9:allf=t:all_seed=3,format=yuv420p[v];[2:a]tremolo=f=3:d=0.9[a]" \
        -map '[v]' -map '[a]' -t 20 -c:v libx264 -preset veryfast -tune zerolatency -profile:v main \
        -b:v 1500k -maxrate 1500k -bufsize 3000k -g 50 -threads 1 -c:a aac -b:a 64k -ar 44100 "$clip.new.flv"
    mv "$clip.new.flv" "$clip"
}

# teach LESSON: pushes the clip in real time, over and over, copied so that it costs next to nothing.
teach() {
    in_background ffmpeg -v error -nostdin -re -stream_loop -1 -i "$clip" -c copy -f flv \
        "rtmp://127.0.0.1:$rtmp/live/$1-stream-key" 2>"$work/encoder-$1.log"
}

# ladder_up_to RUNG: a ladder file that ends with it, so that everybody stays there. Sets ladder.
ladder_up_to() {
    ladder=$work/ladder.conf
    awk -v top="[rung $1]" '/^\[rung / { if (over) exit; over = ($0 == top) } { print }' config/ladder.conf >"$ladder"
}

# codec_pids: the codec workers of this server.
codec_pids() { pgrep -P "$server" airclass-codec || true; }

# pin_codec: off the server's core, which they inherit.
pin_codec() {
    local pid
    for pid in $(codec_pids); do
        taskset -p -c "$load_cores" "$pid" >/dev/null
    done
}

has_codec() { [ -n "$(codec_pids)" ]; }

# wait_for SECONDS COMMAND...
wait_for() {
    local tries=$(($1 * 10))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

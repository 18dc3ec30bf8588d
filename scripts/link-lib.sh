# shellcheck shell=bash
# shellcheck disable=SC2034 # variables for those who source this
# Sourced by what measures over emulated links: network namespaces with a link between them, processes, and
# an end that leaves nothing behind.
. scripts/figures.sh

# link_begin NAME BUILD PROGRAM...: skips, saying why, where it can't run. Sets work, tag, server_space.
link_begin() {
    name_of_run=$1 build=$2
    shift 2
    [ "$(id -u)" -eq 0 ] || skip 'network namespaces and TUN devices need root'
    [ -c /dev/net/tun ] || skip 'there is no /dev/net/tun'
    local need
    for need in ip node setpriv "$@"; do
        command -v "$need" >/dev/null || skip "no $need"
    done
    for need in "$build/airclass" "$build/airclass-codec" "$build/tests/link/link"; do
        [ -x "$need" ] || { echo "$name_of_run: $need is missing: make $name_of_run" >&2; exit 2; }
    done
    [ -d client-web/node_modules/ws ] || { echo "$name_of_run: client-web/node_modules is missing: make web" >&2; exit 2; }
    tag=wl$$
    work=build/$name_of_run/run-$tag
    mkdir -p "$work"
    started=() spaces=()
    trap link_end EXIT
    trap 'exit 1' INT TERM HUP
    begun=$(ticks)
    server_space=$tag-s
    new_space "$server_space"
    node -e 'import("./tests/link/page.mjs").then((m) => m.bundlePage(process.argv[1]))' "$work/page.mjs"
}

skip() { echo "$name_of_run: skipped, $1"; exit 0; }

link_end() {
    trap - EXIT
    local pid space
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    wait
    for space in "${spaces[@]}"; do
        ip netns del "$space" 2>/dev/null || true
    done
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}

new_space() {
    ip netns add "$1" 2>/dev/null || skip 'the kernel allows no network namespaces here'
    spaces+=("$1")
    ip -n "$1" link set lo up
}

# wait_line PATTERN FILE SECONDS: the first line with it.
wait_line() {
    local line
    for _ in $(seq $(($3 * 10))); do
        line=$(grep -m 1 "$1" "$2" 2>/dev/null || true)
        [ -z "$line" ] || { printf '%s\n' "$line"; return 0; }
        sleep 0.1
    done
    echo "$name_of_run: no '$1' in $2:" >&2
    tail "$2" >&2
    return 1
}

# start COMMAND...: in the background, ended with us. serve COMMAND...: the same in the server's namespace.
start() {
    setpriv --pdeathsig TERM -- "$@" &
    started+=("$!")
}
serve() { start ip netns exec "$server_space" "$@"; }

# start_airclass [OPTION...]: on port 80 of the server's namespace, with the lessons of lesson_file.
start_airclass() {
    local lesson
    for lesson in slides camera pages; do
        printf '[lesson %s]\nopen = yes\nstream-key = %s-teaches-here\n' "$lesson" "$lesson"
    done >"$work/airclass.conf"
    serve "$build/airclass" --config "$work/airclass.conf" --set server.port=80 --set server.admin-port=0 --set rtmp.port=1935 \
        --set rtmp.bind=127.0.0.1 --set "server.data-dir=$work/data" --set server.web-root=build/web --set server.log-level=debug "$@" \
        2>"$work/server.log"
    wait_line ' app.started ' "$work/server.log" 10 >/dev/null
}

# lesson_file LESSON: twenty minutes of the demo lesson as it is (slides), or as a camera sees it (camera), or six of it in
# which no page comes a second time (pages); made once.
lesson_file() {
    local once=scripts/demo/lesson.mp4 by=scripts/demo/film-lesson out=build/link/$1.mp4 tmp=build/link/$1.$$
    if [ ! "$out" -nt "$by" ] || [ ! "$out" -nt "$once" ]; then
        mkdir -p build/link
        case "$1" in
        slides) repeat "$once" 19 "$tmp.mp4" ;;
        camera)
            "$by" "$tmp.once.mp4"
            repeat "$tmp.once.mp4" 19 "$tmp.mp4"
            ;;
        pages)
            repeat "$once" 6 "$tmp.once.mp4"
            turned_pages "$tmp.once.mp4" "$tmp.mp4"
            ;;
        esac
        mv "$tmp.mp4" "$out"
        rm -f "$tmp.once.mp4"
    fi
    echo "$out"
}

# turned_pages FILE OUT.mp4: the lesson each time mirrored or coloured otherwise, so that a page is as much work as ever, but
# nobody has it yet.
turned_pages() {
    local s=63.08
    ffmpeg -v error -nostdin -y -i "$1" -vf "hflip=enable='mod(floor(t/$s),2)',vflip=enable='gte(mod(floor(t/$s),4),2)',negate=components=y:enable='gte(t,4*$s)'" \
        -c:v libx264 -preset veryfast -crf 24 -maxrate 800k -bufsize 1600k -g 50 -keyint_min 50 -sc_threshold 0 -bf 2 -c:a copy -fflags +bitexact "$2"
}

# repeat FILE TIMES OUT.mp4: without seams, for which the sound is cut to the picture's length and coded anew. At a seam
# a lesson's clock would shift by up to 60 ms against the encoder's, which is more than some of what is measured.
repeat() {
    local picture=$3.picture.mp4 s
    ffmpeg -v error -nostdin -y -i "$1" -an -c copy "$picture"
    s=$(ffprobe -v error -show_entries stream=duration -of csv=p=0 "$picture")
    ffmpeg -v error -nostdin -y -stream_loop $(($2 - 1)) -i "$picture" -i "$1" -filter_complex \
        "[1:a]aresample=48000,atrim=end=$s,apad=whole_dur=$s,aloop=$(($2 - 1)):size=$(awk -v s="$s" 'BEGIN { printf "%.0f", s * 48000 }')[voice]" \
        -map 0:v -map '[voice]' -c:v copy -c:a aac -b:a 56k -fflags +bitexact "$3"
    rm "$picture"
}

# teach LESSON FORMAT URL [OPTION...]: over and over, by the ordinary encoder.
teach() {
    local file format=$2 url=$3
    file=$(lesson_file "$1")
    shift 3
    [ $# -gt 0 ] || set -- -c copy
    serve ffmpeg -v error -nostdin -re -stream_loop -1 -i "$file" "$@" -f "$format" "$url" 2>>"$work/teacher.log"
}

# A row of the table is PROFILE or PROFILE+VARIANT, a variant `browser` or the name of another lesson.
need_row() {
    case "$1" in *+camera | *+slides | *+browser) ;; *+*) echo "$name_of_run: no variant ${1#*+}" >&2; exit 2 ;; esac
    [ -f "tests/link/profiles/${1%+*}" ] || { echo "$name_of_run: no profile ${1%+*}" >&2; exit 2; }
}

# line_of WORD ROW: what stands behind the word in its profile, if anything.
line_of() { awk -v word="$1" '$1 == word { print $2 }' "tests/link/profiles/${2%+*}"; }

lesson_of() {
    local lesson
    case "$1" in
    *+camera | *+slides) lesson=${1#*+} ;;
    *) lesson=$(line_of lesson "$1") ;;
    esac
    echo "${lesson:-slides}"
}

# over_link NAME ROW NUMBER PORT COMMAND...: the command in a namespace of its own, behind such a link, until
# it ends. ADDRESS in it stands for the server's. Its pid is in NAME.pid, what the link says in NAME.link.
# Call it in a subshell.
over_link() {
    local name=$1 profile=${profiles:-tests/link/profiles}/${2%+*} number=$3 port=$4 net=10.77.$3 space=$tag-$3
    shift 4
    link='' bulk='' viewer='' # seen by the trap, when the function is over
    trap 'kill $viewer $bulk $link 2>/dev/null || true' EXIT
    trap 'exit 1' TERM
    "$build/tests/link/link" --profile "$profile" --server-ns "$server_space" --client-ns "$space" --device "wl$number" \
        --server "$net.1" --client "$net.2" --next-client "$net.3" --port "$port" --seed "${SEED:-1}" >"$work/$name.link" &
    link=$!
    wait_line startedAt "$work/$name.link" 5 >/dev/null
    if grep -q '^download' "$profile"; then
        ip netns exec "$space" node tests/link/bulk.mjs take "$net.1" "$bulk_port" &
        bulk=$!
    fi
    ip netns exec "$space" "${@//ADDRESS/$net.1}" &
    viewer=$!
    echo "$viewer" >"$work/$name.pid"
    wait "$viewer" || echo "$name_of_run: $name failed" >&2
    kill "$link"
    wait "$link" || true
}

bulk_port=9
start_bulk() { serve node tests/link/bulk.mjs serve "$bulk_port"; }

# ticks: of all cores since the machine's start, all and idle.
ticks() { awk '/^cpu / { for (i = 2; i <= 9; i++) all += $i; print all, $5 + $6 }' /proc/stat; }

# note_about: what the figures were taken with. Call it when measuring ends.
note_about() {
    local busy
    busy=$(echo "$begun $(ticks)" | awk '{ printf "%.0f", 100 - ($4 - $2) * 100 / ($3 - $1) }')
    printf '{"seed":%s,"date":"%s","kernel":"%s","cores":%s,"busyPercent":%s,"congestion":"%s"}\n' "${SEED:-1}" "$(date -u +%FT%TZ)" \
        "$(uname -r)" "$(nproc)" "$busy" "${CONGESTION:-$(cat /proc/sys/net/ipv4/tcp_congestion_control)}" >"$work/about.json"
}

# In the background, at most so many at a time: run_limited N COMMAND...; run_all waits for the rest.
running=()
run_limited() {
    local most=$1 left pid
    shift
    while [ "${#running[@]}" -ge "$most" ]; do
        wait -n "${running[@]}" || true
        left=()
        for pid in "${running[@]}"; do
            if kill -0 "$pid" 2>/dev/null; then left+=("$pid"); fi
        done
        running=("${left[@]}")
    done
    ("$@") &
    running+=("$!")
    started+=("$!")
}
run_all() {
    local pid
    for pid in "${running[@]}"; do wait "$pid" || true; done
    running=()
}
